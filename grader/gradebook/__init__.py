"""A class's grades as files: one module a format, each with a `written` that returns an `Export`.

`spreadsheet` is the gradebook of this program, `canvas` and `moodle` fill the file that those platforms export,
`results` is Gradescope's results.json of one submission, and `junit` is JUnit XML.
"""
