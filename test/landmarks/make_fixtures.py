"""What NumPy makes of drawn landmark tables, and spreadsheets in the data sets' layouts: test/fixtures/landmarks.

    /usr/bin/python3 test/landmarks/make_fixtures.py

The tables are not stored: both sides draw them with the same generator (`draw`, test/landmarks/drawn.ts).
"""
import json
import os
import zipfile

import numpy as np

FOLDER = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'landmarks')
CASES = 1000
THRESHOLDS = (5, 10, 15, 20)
PERCENTS = (25, 75, 90, 95, 99)


class Generator:
    """mulberry32, from its definition."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x6D2B79F5) % 2**32
        a = self.state
        t = (a ^ a >> 15) * (a | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return t ^ t >> 14


def draw(seed):
    """Lists of (image, true xy or None, found xy), of one or two landmarks per image."""
    generator = Generator(seed)
    images = 1 + generator.next() % 14
    rows = []
    for image in range(images):
        for _ in range(1 + seed % 2):
            x, y = generator.next() % 4000 / 2, generator.next() % 4000 / 2
            dx, dy = (generator.next() % 61 - 30) / 2, (generator.next() % 61 - 30) / 2
            known = generator.next() % 16 != 0
            rows.append((image, (x, y) if known else None, (x + dx, y + dy)))
    return rows


def statistics(distances):
    return [
        distances.mean(), np.median(distances), np.std(distances, ddof=1) if len(distances) > 1 else None,
        *np.percentile(distances, PERCENTS), distances.max(), *[(distances < t).mean() for t in THRESHOLDS],
    ]


def bootstrap(seed, images, distances, resamples):
    """Percentile intervals of mean, median and detection rates; whole images are drawn."""
    names = list(dict.fromkeys(images))
    generator = Generator(seed)
    found = []
    for _ in range(resamples):
        drawn = [names[int(generator.next() / 2**32 * len(names))] for _ in names]
        sample = np.concatenate([distances[images == name] for name in drawn])
        found.append([sample.mean(), np.median(sample), *[(sample < t).mean() for t in THRESHOLDS]])
    return np.quantile(np.array(found), [0.05, 0.95], axis=0).T.tolist()


def case(seed):
    rows = [row for row in draw(seed) if row[1] is not None]
    images = np.array([image for image, _, _ in rows])
    distances = np.array([np.linalg.norm(np.subtract(found, true)) for _, true, found in rows])
    if not rows:
        return {'count': 0}
    result = {'count': len(rows), 'statistics': statistics(distances)}
    if seed % 50 == 0:
        result['intervals'] = bootstrap(7, images, distances, 200)
    return result


def components(points, radius):
    """Labels of points by connected component, numbered by first appearance."""
    points = np.array(points)
    near = ((points[:, None] - points[None]) ** 2).sum(-1) <= radius ** 2
    # Reachable in any number of steps: the power of the neighbourhood matrix.
    reach = np.linalg.matrix_power(near.astype(object), len(points)) > 0
    firsts = [int(np.flatnonzero(row)[0]) for row in reach]
    order = sorted(set(firsts))
    return np.array([order.index(first) for first in firsts])


def ensemble(points, gamma):
    """The authors' rule, from docs/MODEL.md."""
    count = len(points)
    radius, step, needed = (5, 2, count // 2) if gamma else (8, 5, count // 2 + 1)
    while True:
        labels = components(points, radius)
        sizes = np.bincount(labels)
        if sizes.max() >= needed:
            chosen = np.array(points)[labels == sizes.argmax()]
            return [*np.rint(chosen.mean(axis=0)).tolist(), int(sizes.max()), radius]
        radius += step


def ensemble_case(seed):
    """Points in hundredths or quarters of a pixel around one or several places, with exact ties among them."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 10))
    places = rng.integers(200, 1400, (int(rng.integers(1, 4)), 2))
    unit = int(rng.choice([1, 2, 4, 100]))
    spread = float(rng.choice([3, 8, 25, 80]))
    chosen = places[rng.integers(0, len(places), count)]
    points = (np.rint((chosen + rng.normal(0, spread, (count, 2))) * unit) / unit).tolist()
    return {'points': points, 'clustering': ensemble(points, False), 'gamma': ensemble(points, True),
            'median': np.median(np.array(points), axis=0).tolist()}


SHEET = '<?xml version="1.0" encoding="UTF-8"?><{0} xmlns="http://schemas.openxmlformats.org/{1}">{2}</{0}>'
MAIN, RELATIONS = 'spreadsheetml/2006/main', 'package/2006/relationships'
OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.{}.main+xml'


def write_xlsx(name, rows):
    """A spreadsheet with as little in it as the format allows."""
    def cell(value):
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c><v>{value!r}</v></c>'

    def numbered(row, text):
        letters = 'ABCDEFGH'
        return ''.join(cell(v).replace('<c', f'<c r="{letters[i]}{row}"', 1) for i, v in enumerate(text))
    data = ''.join(f'<row r="{i}">{numbered(i, row)}</row>' for i, row in enumerate(rows, 1))
    parts = {
        '[Content_Types].xml': SHEET.format('Types', 'package/2006/content-types', ''.join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{MIME.format(kind)}"/>'
            for part, kind in (('workbook', 'sheet'), ('worksheets/sheet1', 'worksheet'))).replace(
                'worksheet.main', 'worksheet')),
        '_rels/.rels': SHEET.format('Relationships', RELATIONS,
                                    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'),
        'xl/workbook.xml': SHEET.format(
            'workbook', MAIN, f'<sheets><sheet name="Sheet1" sheetId="1" r:id="r1" xmlns:r="{OFFICE}"/></sheets>'),
        'xl/_rels/workbook.xml.rels': SHEET.format(
            'Relationships', RELATIONS,
            f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'),
        'xl/worksheets/sheet1.xml': SHEET.format('worksheet', MAIN, f'<sheetData>{data}</sheetData>'),
    }
    with zipfile.ZipFile(os.path.join(FOLDER, name), 'w', zipfile.ZIP_DEFLATED) as file:
        for path, text in parts.items():
            file.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    rounded = [json.dumps(case(seed)) for seed in range(CASES)]
    with open(os.path.join(FOLDER, 'metrics.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(rounded) + '\n]\n')
    cases = [json.dumps(ensemble_case(seed)) for seed in range(200)]
    with open(os.path.join(FOLDER, 'ensemble.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(cases) + '\n]\n')
    write_xlsx('refuge.xlsx', [['ID', 'ImgName', 'Fovea_X', 'Fovea_Y'],
                               [1, 'V0001.jpg', 1143.57, 831.82], [2, 'V0002.jpg', -1, -1]])
    write_xlsx('gamma.xlsx', [['data', 'Fovea_X', 'Fovea_Y'], ['0001', 995.5, 1000], ['0002', 1234.25, 980.125]])
    write_xlsx('unnamed.xlsx', [['No.', 'Scan', 'Side', 'Column', 'Row'],
                                [1, 'T0001-L.jpg', 'L', 301.25, 512], [2, 'T0001-R.jpg', 'R', 800, 514.5]])


if __name__ == '__main__':
    main()
