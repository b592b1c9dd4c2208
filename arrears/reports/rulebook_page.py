"""One page of HTML of the rule book's Markdown: no outside asset, readable on paper."""

from html import escape

from markdown_it import MarkdownIt

_STYLE = """
body { font: 17px/1.55 Georgia, "Times New Roman", serif; color: #1a1a1a; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem }
h1, h2, h3 { font-family: "Helvetica Neue", Arial, sans-serif; line-height: 1.25 }
h1 { font-size: 1.9rem }
h2 { font-size: 1.4rem; margin-top: 3rem; border-bottom: 2px solid #1a4a7a; padding-bottom: .2rem }
h3 { font-size: 1.15rem; margin-top: 2.2rem }
h3, a, summary { color: #1a4a7a }
li { margin: .35rem 0 }
small { color: #555; font-size: .82em }
em { color: #333 }
table { border-collapse: collapse; width: 100%; font-size: .85rem; margin: .8rem 0 }
th, td { border: 1px solid #bbb; padding: .3rem .5rem; text-align: left; vertical-align: top }
th { background: #eef2f6 }
details { margin: .6rem 0 }
summary { cursor: pointer }
@media print {
  body { font-size: 11pt; max-width: none; margin: 0 }
  h2 { break-before: page }
  h2, h3 { break-after: avoid }
  li, tr { break-inside: avoid }
  a { color: inherit; text-decoration: none }
}
"""


def page(markdown: str) -> str:
    """The whole page, its title the first heading."""
    title = markdown.split("\n", 1)[0].removeprefix("# ")
    body = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
