"""What a grading looks like to a reader: `page` writes HTML, `summary` writes to the terminal.

Both are pure: a `Report` goes in and text comes out, with no clock, no chance and no file but the page's own
template. Neither is imported here, so that whoever wants one does not pay for the other.
"""
