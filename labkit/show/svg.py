"""Just enough SVG: elements as strings, escaped, the same bytes for the same picture.

Colours are given twice. Presentation attributes draw the light picture everywhere, also where a
sanitiser removes every `style`; a style sheet overrides them where the reader prefers dark. Both
pictures bring their own background, so each is readable on any page.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

# Class -> (attribute, light, dark). Contrast of ink and soft on page, box, lit and bad is at least
# 4.5 to 1 in both, and a test measures it.
PALETTE = {
    "page": ("fill", "#f6f8fa", "#161b22"),
    "box": ("fill", "#ffffff", "#22272e"),
    "lit": ("fill", "#fff3b0", "#453c0c"),
    "bad": ("fill", "#ffe3d3", "#5a2306"),
    "ink": ("fill", "#1b1f24", "#f0f3f6"),
    "soft": ("fill", "#4a5159", "#c4ccd4"),
    "edge": ("stroke", "#6e7781", "#8b949e"),
    "lit-edge": ("stroke", "#1b1f24", "#f0e442"),
    "bad-edge": ("stroke", "#b34700", "#ff9a5c"),
    "arrow": ("fill", "#6e7781", "#8b949e"),
    "lit-pill": ("fill", "#1b1f24", "#f0e442"),
    "on-pill": ("fill", "#ffffff", "#1b1f24"),
    "bad-mark": ("fill", "#b34700", "#ff9a5c"),
}
PREFIX = "labkit-"


def element(tag: str, *children: str, look: str = "", **attributes: object) -> str:
    """One element; `look` names the classes of PALETTE that colour it.

    >>> element("rect", look="box", width=20, stroke_width=2)
    '<rect class="labkit-box" fill="#ffffff" width="20" stroke-width="2"/>'
    """
    looks = look.split()
    given = {"class": " ".join(PREFIX + name for name in looks)} if looks else {}
    given |= {PALETTE[name][0]: PALETTE[name][1] for name in looks}
    given |= {name.replace("_", "-"): str(value) for name, value in attributes.items()}
    written = "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def text(
    content: str, x: float, y: float, *, look: str, size: int = 13, **attributes: object
) -> str:
    """A line of text with its baseline at `y`."""
    return element("text", escape(content), look=look, x=x, y=y, font_size=size, **attributes)


def document(width: int, height: int, *parts: str, title: str, description: str) -> str:
    """A whole picture, with its title and description for those who do not see it."""
    dark = "".join(f".{PREFIX}{name}{{{prop}:{dark}}}" for name, (prop, _, dark) in PALETTE.items())
    return element(
        "svg",
        element("title", escape(title)),
        element("desc", escape(description)),
        element("style", f"@media (prefers-color-scheme: dark){{{dark}}}"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
    )


def fitted(content: str, width: float, size: int = 13) -> str:
    """The text cut to what fits into `width` pixels of a wide typeface.

    >>> fitted("a-very-long-resource-name", 100)
    'a-very-long…'
    """
    # An average character of DejaVu Sans, the widest of FONT, is 0.6 of the font size wide.
    most = int(width / (0.6 * size))
    return content if len(content) <= most else content[: most - 1] + "…"
