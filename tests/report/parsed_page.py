"""A page as a parser sees it."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text inside some of them."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.texts = {}
        self.raw = []
        self._inside = []
        self.feed(html)
        self.close()

    @property
    def shape(self):
        """What data must not be able to change: each element and the names of its attributes."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in {"style", "script"}:
            self.raw.append((tag, dict(attrs), ""))
        self._inside.append(tag)

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if self._inside and self._inside[-1] in {"style", "script"}:
            tag, attributes, text = self.raw.pop()
            self.raw.append((tag, attributes, text + data))
        elif self._inside:
            self.texts.setdefault(self._inside[-1], []).append(data)

    def handle_comment(self, data):
        self.elements.append(("comment", {data: None}))

    def unknown_decl(self, data):
        self.elements.append(("declaration", {data: None}))
