"""./dev bench plot: what a search costs against how much there is to search, from figures.json: picture and tables.

Both axes are logarithmic: a line as steep as the grid's diagonal grows with the catalogue, a level one does not.
"""

from math import ceil, floor, log10

from benchmarks import _scaling, _targets
from benchmarks._machine import ROOT, say

PICTURE = ROOT / "benchmarks" / "cost.svg"
WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 24, 48  # margins
DASHES = ["", "6 3", "2 3", "9 3 2 3"]  # lines differ in more than colour
STYLE = """
  svg { color: #1b1b1b; --line1: #0b57a4; --line2: #a3380a; --line3: #5d2a8c; --line4: #2d6a1e; }
  @media (prefers-color-scheme: dark) {
    svg { color: #f0f0f0; --line1: #8cc2ff; --line2: #ffab85; --line3: #d6b0ff; --line4: #a6dd94; }
  }
  text { font: 13px system-ui, sans-serif; fill: currentColor; }
  .grid { stroke: currentColor; stroke-opacity: 0.2; }
"""
Points = list[tuple[float, float]]  # runs, milliseconds


def main() -> None:
    costs = _targets.read().get("cost", {})
    if not costs:
        raise SystemExit("There are no figures yet: ./dev bench search records them.")
    PICTURE.write_text(draw({name: points(by_size) for name, by_size in costs.items()}), encoding="utf-8")
    _scaling.write(_targets.read())
    say(f"benchmarks/{PICTURE.name} ({', '.join(costs)}), docs/{_scaling.PAGE.name}")


def points(by_size: dict[str, dict]) -> Points:
    return sorted((each["runs"], each["mean"]) for each in by_size.values())


def draw(lines: dict[str, Points]) -> str:
    """The plot as SVG."""
    every = [point for found in lines.values() for point in found]
    across = decades([runs for runs, _ms in every])
    up = decades([ms for _runs, ms in every])
    parts = [*grid(across, up)]
    for number, (name, found) in enumerate(sorted(lines.items(), key=lambda line: -line[1][-1][1])):
        parts.append(line(name, [(x(runs, across), y(ms, up)) for runs, ms in found], number))
    title = "Mean CPU per search, milliseconds, against the number of course runs"
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
    return "\n".join([opening, f"<title>{title}</title>", f"<style>{STYLE}</style>", *parts, "</svg>\n"])


def decades(values: list[float]) -> range:
    """Powers of ten around all values."""
    return range(floor(log10(min(values))), max(ceil(log10(max(values))), floor(log10(min(values))) + 1) + 1)


def x(runs: float, across: range) -> float:
    return LEFT + (log10(runs) - across[0]) / (across[-1] - across[0]) * (WIDTH - LEFT - RIGHT)


def y(ms: float, up: range) -> float:
    return HEIGHT - BOTTOM - (log10(ms) - up[0]) / (up[-1] - up[0]) * (HEIGHT - TOP - BOTTOM)


def grid(across: range, up: range) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    found = [f'<text x="{LEFT}" y="{HEIGHT - 8}">course runs</text>', f'<text x="8" y="{TOP - 8}">ms of CPU</text>']
    for power in across:
        at = x(10**power, across)
        found.append(f'<path class="grid" d="M{at:.0f} {TOP}V{bottom}"/>')
        found.append(f'<text x="{at:.0f}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in up:
        at = y(10**power, up)
        found.append(f'<path class="grid" d="M{LEFT} {at:.0f}H{right}"/>')
        found.append(f'<text x="{LEFT - 8}" y="{at + 4:.0f}" text-anchor="end">{10.0**power:,g}</text>')
    return found


def line(name: str, found: Points, number: int) -> str:
    """With its name at its end and a mark at each measured size."""
    colour, dash = f"var(--line{number % 4 + 1})", DASHES[number % 4]
    path = "L".join(f"{at:.1f} {high:.1f}" for at, high in found)
    style = f'style="fill:none; stroke:{colour}" stroke-width="2" stroke-dasharray="{dash}"'
    marks = "".join(f'<circle cx="{at:.1f}" cy="{high:.1f}" r="4" style="fill:{colour}"/>' for at, high in found)
    (at, high) = found[-1]
    label = f'<text x="{at + 10:.0f}" y="{high + 4:.0f}" style="fill:{colour}">{name}</text>'
    return f'<path d="M{path}" {style}/>{marks}{label}'


if __name__ == "__main__":
    main()
