"""The share of pictures by error, coarse and fine, from what evaluate.py has written: an SVG for light and dark pages.

    /usr/bin/python3 tools/demo-model/curve.py errors.csv -o docs/images/fovea-errors.svg
"""
import argparse
import csv

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 560, 300, 52, 16, 16, 44  # pixels; the last four are margins
LARGEST = 10  # percent
STYLE = '''
text { font: 13px system-ui, sans-serif; fill: #17222a } .grid { stroke: #d8dfe3 } .coarse, .fine { fill: none; stroke-width: 2 }
.coarse { stroke: #9a6b00; stroke-dasharray: 6 4 } .fine { stroke: #0b5f66 }
@media (prefers-color-scheme: dark) { text { fill: #e4ebef } .grid { stroke: #2a363d } .coarse { stroke: #f1c46b } .fine { stroke: #63cbd0 } }
'''


def place(error, share):
    """Percent and percent -> pixels."""
    return (LEFT + (WIDTH - LEFT - RIGHT) * error / LARGEST, TOP + (HEIGHT - TOP - BOTTOM) * (1 - share / 100))


def curve(errors):
    """Steps: the share grows at each error."""
    count, points = len(errors), [place(0, 0)]
    for i, error in enumerate(sorted(errors)):
        if error > LARGEST:
            break
        points += [place(error, 100 * i / count), place(error, 100 * (i + 1) / count)]
    points.append(place(LARGEST, 100 * sum(error <= LARGEST for error in errors) / count))
    return ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('errors')
    parser.add_argument('-o', '--output', required=True)
    options = parser.parse_args()
    with open(options.errors, newline='') as file:
        rows = list(csv.DictReader(file))
    parts = []
    for share in range(0, 101, 25):
        (left, y), (right, _) = place(0, share), place(LARGEST, share)
        parts.append(f'<path class="grid" d="M{left} {y}H{right}"/><text x="{left - 8}" y="{y + 4}" text-anchor="end">{share} %</text>')
    for error in range(0, LARGEST + 1, 2):
        (x, bottom), (_, top) = place(error, 0), place(error, 100)
        parts.append(f'<path class="grid" d="M{x} {bottom}V{top}"/><text x="{x}" y="{bottom + 18}" text-anchor="middle">{error} %</text>')
    for i, name in enumerate(('coarse', 'fine')):
        errors = [float(row[f'{name}_error']) for row in rows]
        x, y = place(6.4, 40 - 12 * i)
        parts.append(f'<polyline class="{name}" points="{curve(errors)}"/><path class="{name}" d="M{x} {y - 4}h28"/>'
                     f'<text x="{x + 36}" y="{y}">{name}, mean {sum(errors) / len(errors):.2f} %</text>')
    x, y = place(LARGEST / 2, 0)
    parts.append(f'<text x="{x}" y="{y + 38}" text-anchor="middle">error of {len(rows)} pictures at most, % of the field’s diameter</text>')
    with open(options.output, 'w') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
                   f'<title>Share of pictures by error</title><style>{STYLE}</style>' + '\n'.join(parts) + '</svg>\n')


if __name__ == '__main__':
    main()
