"""What a browser or a screen reader would find in a page."""

import html.parser

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Outline(html.parser.HTMLParser):
    """The elements of a page with their attributes, and the text of each."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.unbalanced = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag, attrs):
        attrs = dict(attrs)
        if any(around.get("aria-hidden") == "true" for _, around, _ in self.open):
            attrs["aria-hidden"] = "true"  # what is within something hidden is hidden
        self.elements.append((tag, attrs, []))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()[0] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        for element in self.open:
            element[2].append(data)

    def all(self, *tags):
        found = (element for element in self.elements if element[0] in tags)
        return [(tag, attrs, " ".join("".join(text).split())) for tag, attrs, text in found]

    def attributes(self, name):
        return [attrs[name] for _, attrs, _ in self.elements if name in attrs]

    def skeleton(self):
        return [(tag, sorted(attrs)) for tag, attrs, _ in self.elements]
