"""A region's two colours, turned into everything the theme derives from them, with contrast that can be read."""

import colorsys
import re

HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
WHITE, INK = "#ffffff", "#14262c"


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1. Raises ValueError for anything but #rrggbb: it ends up in a style sheet."""
    if not HEX.match(color):
        raise ValueError(f"{color!r} is no colour of the form #rrggbb.")
    return tuple(int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio from 1 to 21, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def with_lightness(color: str, lightness: float) -> str:
    hue, _old, saturation = colorsys.rgb_to_hls(*channels(color))
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, min(saturation, 0.65))
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def darker(color: str) -> str:
    _hue, lightness, _saturation = colorsys.rgb_to_hls(*channels(color))
    return with_lightness(color, lightness * 0.72)


def readable_on(color: str) -> str:
    return max((WHITE, INK), key=lambda ink: contrast(color, ink))


def stylesheet(brand: str, accent: str) -> str:
    """The tokens of static/scss/_tokens.scss that a region repaints, for both light and dark."""
    on_dark, on_dark_hover = with_lightness(brand, 0.7), with_lightness(brand, 0.8)
    everywhere = {
        "brand": brand,
        "brand-deep": darker(brand),
        "brand-ink": readable_on(brand),
        "accent": accent,
        "accent-light": with_lightness(accent, 0.7),
        "accent-ink": readable_on(accent),
    }
    light = {
        "link": brand,
        "link-hover": darker(brand),
        "solid": brand,
        "solid-hover": darker(brand),
        "solid-ink": readable_on(brand),
        "series-1": brand,
    }
    dark = {
        "link": on_dark,
        "link-hover": on_dark_hover,
        "solid": on_dark,
        "solid-hover": on_dark_hover,
        "solid-ink": INK,
        "series-1": on_dark,
    }
    return f":root{{{rules(everywhere | light)}}}\n@media (prefers-color-scheme:dark){{:root{{{rules(dark)}}}}}\n"


def rules(tokens: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in tokens.items())
