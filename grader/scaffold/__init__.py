"""A new homework to be edited: the files of `course/`, which are a whole one, under the id of the new one."""
