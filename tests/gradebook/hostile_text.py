"""A text that a page, a terminal, a table or XML may not take at its word."""

HOSTILE = "</pre><script>alert(1)</script>\x1b[2J\x00\u202egnp.exe\udcff\ufffe]]>&lt;\"'{{ 7 * 7 }}"
