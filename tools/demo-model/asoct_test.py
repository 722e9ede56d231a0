"""Checks of the AS-OCT generator: python3 -m unittest asoct_test (some seconds)."""

import unittest

import cv2
import numpy as np

import asoct
import asoct_half
from asoct_curves import R, at
from asoct_view import FULL_HEIGHT, FULL_WIDTH, HALF_WIDTH


class Generate(unittest.TestCase):
    def test_full_size_and_both_spurs_in_their_halves(self):
        picture, (left, right) = asoct.generate(3)
        self.assertEqual(picture.shape, (FULL_HEIGHT, FULL_WIDTH, 3))
        self.assertEqual(picture.dtype, np.uint8)
        self.assertLess(left[0], HALF_WIDTH)
        self.assertGreater(right[0], HALF_WIDTH)

    def test_the_seed_decides_everything(self):
        for draw in (lambda s: asoct.generate(s, (120, 256)), lambda s: asoct.generate_half(s, (133, 133))):
            (a, where_a), (b, where_b), (c, where_c) = draw(5), draw(5), draw(6)
            self.assertTrue(np.array_equal(a, b) and where_a == where_b)
            self.assertFalse(np.array_equal(a, c) or where_a == where_c)

    def test_margins_hold_for_many_seeds(self):
        for seed in range(400):
            s = asoct.scene(seed)
            for side, (x, z) in enumerate(s.spurs):
                u = x / s.view.width * FULL_WIDTH / HALF_WIDTH - side
                self.assertTrue(0.049 < u < 0.951 and 0.09 < z / s.view.height < 0.931, (seed, u, z))


class Half(unittest.TestCase):
    def test_a_half_is_the_whole_scans_half(self):
        for seed in (1, 2, 4):
            whole, spurs = asoct.generate(seed, (FULL_HEIGHT, FULL_WIDTH))
            for side in (0, 1):
                half, (x, y) = asoct.generate_half(seed, (FULL_HEIGHT, HALF_WIDTH), side)
                self.assertAlmostEqual(x + side * HALF_WIDTH, spurs[side][0], places=6)
                self.assertAlmostEqual(y, spurs[side][1], places=6)
                cut = whole[:, side * HALF_WIDTH : (side + 1) * HALF_WIDTH]
                a, b = (cv2.resize(p, (66, 62), interpolation=cv2.INTER_AREA).astype(float) for p in (cut, half))
                self.assertGreater(np.corrcoef(a.ravel(), b.ravel())[0, 1], 0.95, (seed, side))

    def test_small_sizes_show_the_same_scene(self):
        for seed in (1, 2, 4):
            large, (lx, ly) = asoct.generate_half(seed, (FULL_HEIGHT, HALF_WIDTH))
            small, (x, y) = asoct.generate_half(seed, (256, 256))
            self.assertAlmostEqual((x + 0.5) / 256, (lx + 0.5) / HALF_WIDTH, places=9)
            self.assertAlmostEqual((y + 0.5) / 256, (ly + 0.5) / FULL_HEIGHT, places=9)
            a, b = (cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA).astype(float) for p in (large, small))
            self.assertGreater(np.corrcoef(a.ravel(), b.ravel())[0, 1], 0.95, seed)

    def test_trainers_interface(self):
        picture, (x, y) = asoct_half.generate(9, (300, 200))
        self.assertEqual(picture.shape, (200, 300, 3))
        self.assertTrue(0 < x < 300 and 0 < y < 200)
        self.assertEqual(asoct_half.generate(9)[0].shape, (FULL_HEIGHT, HALF_WIDTH, 3))
        self.assertEqual(asoct_half.reference_length(9), HALF_WIDTH)


class Anatomy(unittest.TestCase):
    def test_order_of_boundaries(self):
        for seed in range(200):
            eye = asoct.scene(seed).eye
            for side in (eye.left, eye.right):
                coat, uvea = side.coat, side.uvea
                self.assertTrue((coat.inner - coat.outer > 0.35)[R < 10].all(), seed)
                self.assertTrue((coat.wall >= coat.inner).all(), seed)
                iris = (R > uvea.pupil) & (R < uvea.recess)
                self.assertTrue((uvea.iris_front - coat.wall)[iris].min() > -1e-3, seed)
                self.assertTrue((uvea.iris_back >= uvea.iris_front - 1e-9)[iris].all(), seed)
                self.assertLess(coat.schwalbe, coat.spur[0])
                self.assertLess(coat.spur[0], uvea.recess)

    def test_the_spur_is_the_tip_of_the_coat(self):
        """At the spur the coat meets the chamber's wall, and its inner surface bends away from the eye's inside."""
        for seed in range(200):
            coat = asoct.scene(seed).eye.right.coat
            r, z = coat.spur
            self.assertAlmostEqual(at(r, coat.inner), z, delta=0.03)
            self.assertAlmostEqual(at(r, coat.wall), z, delta=0.03)
            before = (z - at(r - 0.3, coat.wall)) / 0.3
            after = (at(r + 0.3, coat.inner) - z) / 0.3
            self.assertLess(after, before, seed)


if __name__ == "__main__":
    unittest.main()
