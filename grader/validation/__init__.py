"""`grade validate`: whether a rubric measures what it says, found out before a student does."""
