"""Score sketches against scikit-learn on the raw rows."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from jupyter_registry.domain.score_bins import Bins, folded, level_for, score_keys
from jupyter_registry.domain.scores import (
    CAP,
    FEW,
    HEAVY,
    READ,
    ScoreSketch,
    auc_of_all,
    ks_of_all,
    merge_all,
)

N = 120_000
TOLERANCE = 1e-3


def exact_ks(s, y):
    fpr, tpr, _ = roc_curve(y, s, drop_intermediate=False)
    return np.max(np.abs(tpr - fpr))


def same(a, b):
    return a.to_bytes() == b.to_bytes()


def sketch(rows):
    s = np.array([score for score, _ in rows], np.float64)
    return ScoreSketch.of(s, np.array([hit for _, hit in rows], bool))


def logistic(rng, mean, spread, n=N):
    s = 1 / (1 + np.exp(-rng.normal(mean, spread, n)))
    return s, rng.random(n) < s


def crowded(rng):
    s = rng.beta(0.02, 0.02, N)
    return s, rng.random(N) < np.clip(s, 0.1, 0.9)


def spiked(rng):
    """A third of the rows share one score, as where a feature is missing."""
    s = np.where(rng.random(N) < 0.3, 0.037, rng.beta(0.5, 5, N))
    return s, rng.random(N) < s


def around_base_rate(rng):
    wide = rng.random(N) < 0.3
    s = np.where(wide, rng.beta(0.5, 20, N), 0.01 + rng.random(N) * 5e-3)
    return s, rng.random(N) < np.where(wide, s, 0.005 + (s - 0.01) * 4)


def undecided(rng):
    s = 0.5 + rng.normal(size=N) * 1e-4
    return s, rng.random(N) < np.clip(0.5 + (s - 0.5) * 3e3, 0, 1)


def narrow_band(rng):
    """Most rows in a band a millionth wide, the rest wherever a score can be."""
    wide = rng.random(N) < 0.3
    place = rng.random(N)
    s = np.where(wide, 1 / (1 + np.exp(-rng.normal(0, 6, N))), 0.2 * (1 + 1e-6 * place))
    return s, rng.random(N) < np.where(wide, s, place)


def band_in_band(rng):
    """Bands within bands, each a ten-thousandth of the one around it."""
    place, depth = rng.random(N), rng.integers(0, 4, N)
    s = 0.3 + 0.5 * (1e-4) ** depth * place
    return s, rng.random(N) < np.clip(place, 0.02, 0.98)


def two_spikes(rng):
    """Two scores next to each other, of one class each more often, in a wide spread."""
    at = rng.random(N)
    s = np.where(at < 0.3, 0.25, np.where(at < 0.6, np.nextafter(0.25, 1), rng.random(N)))
    return s, rng.random(N) < np.where(at < 0.3, 0.2, np.where(at < 0.6, 0.8, s))


def late_class(rng):
    """All positives first, then all negatives, in a narrow band beside a wide spread."""
    s, y = narrow_band(rng)
    order = np.argsort(~y, kind="stable")
    return s[order], y[order]


DATA = {
    "usual": lambda rng: logistic(rng, -1, 1.2),
    "rare class": lambda rng: logistic(rng, -6, 1.5),
    "very rare class": lambda rng: logistic(rng, -8, 2),
    "near 0 and 1": lambda rng: logistic(rng, 0, 8),
    "crowded": crowded,
    "spiked": spiked,
    "around the base rate": around_base_rate,
    "all near one half": undecided,
    "a narrow band": narrow_band,
    "bands in bands": band_in_band,
    "two spikes": two_spikes,
    "a class after the other": late_class,
}


@pytest.mark.parametrize("hours", [1, 2, 24, 200])
@pytest.mark.parametrize("name", DATA)
def test_auc_and_ks_of_many_rows(name, hours):
    s, y = DATA[name](np.random.default_rng(len(name)))
    parts = np.array_split(np.arange(N), hours)
    stored = [ScoreSketch.of(s[p], y[p]).capped().to_bytes() for p in parts]
    together = merge_all([ScoreSketch.from_bytes(data) for data in stored])
    auc, ks = roc_auc_score(y, s), exact_ks(s, y)
    assert together.auc() == pytest.approx(auc, abs=TOLERANCE)
    assert together.ks() == pytest.approx(ks, abs=TOLERANCE)
    grown = ScoreSketch.empty()
    for p in parts[:100]:
        grown = grown.merged(ScoreSketch.of(s[p], y[p]))
    rows = np.concatenate(parts[:100])
    is_low = grown.bins.codes & np.uint64((1 << grown.shift) - 1) != 0
    assert len(grown) - is_low.sum() <= CAP
    assert is_low.sum() < CAP / 4
    if y[rows].all():
        assert grown.auc() is None
        return
    assert grown.auc() == pytest.approx(roc_auc_score(y[rows], s[rows]), abs=TOLERANCE)
    assert grown.ks() == pytest.approx(exact_ks(s[rows], y[rows]), abs=TOLERANCE)


@pytest.mark.parametrize("n", [2, 50, READ, CAP])
def test_up_to_the_cap_it_is_exact(n):
    rng = np.random.default_rng(n)
    s, y = logistic(rng, 0, 3, n)
    y[:2] = True, False
    stored = ScoreSketch.from_bytes(ScoreSketch.of(s, y).capped().to_bytes())
    assert len(stored) == len(np.unique(s))
    assert stored.auc() == pytest.approx(roc_auc_score(y, s), rel=1e-12)
    assert stored.ks() == pytest.approx(exact_ks(s, y), rel=1e-12)


def test_ties_of_a_forest_stay_exact_however_many_rows():
    rng = np.random.default_rng(3)
    s = rng.binomial(200, rng.beta(2, 5, N)) / 200
    y = rng.random(N) < s
    hours = [
        ScoreSketch.from_bytes(ScoreSketch.of(s[p], y[p]).to_bytes())
        for p in np.array_split(rng.permutation(N), 60)
    ]
    together = merge_all(hours)
    assert len(together) <= 201
    assert together.auc() == pytest.approx(roc_auc_score(y, s), rel=1e-12)
    assert together.ks() == pytest.approx(exact_ks(s, y), rel=1e-12)


row = st.tuples(
    st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.5, 5e-324, 1 - 2**-53]), st.booleans()
)
lists = st.lists(row, max_size=40)


def heaviest(of: ScoreSketch, cap: int) -> int:
    """Rows in the fullest of at most ``cap`` bins."""
    bins = folded(of.bins, level_for(of.bins, of.shift, cap), np.inf, FEW)
    return int((bins.positives + bins.negatives).max(initial=0))


@given(lists, lists, lists)
def test_merging_commutes_and_associates(a, b, c):
    # of a bin that is heavy, the order decides what is told apart
    assume(heaviest(sketch(a + b + c), 12) <= HEAVY * FEW)
    x, y, z = sketch(a), sketch(b), sketch(c)
    # a small cap makes the bins coarse
    ways = [
        x.merged(y, cap=12).merged(z, cap=12),
        z.merged(x, cap=12).merged(y, cap=12),
        x.merged(y.merged(z, cap=12), cap=12),
        sketch(c + a + b).capped(12),
    ]
    assert all(same(way, ways[0]) for way in ways)
    assert same(merge_all([x, y, z]), merge_all([z, x, y]))


@given(lists, lists)
def test_what_is_taken_away_again_leaves_no_trace(kept, passing):
    before, extra = sketch(kept), sketch(passing)
    assert same(before.merged(extra).merged(extra, sign=-1), before)


def test_taking_away_from_coarse_bins():
    rng = np.random.default_rng(9)
    s, y = logistic(rng, -2, 2)
    all_rows = ScoreSketch.of(s, y).capped()
    half = N // 2
    rest = all_rows.merged(ScoreSketch.of(s[:half], y[:half]).capped(), sign=-1)
    assert rest.bins.positives.sum() == y[half:].sum()
    assert rest.auc() == pytest.approx(roc_auc_score(y[half:], s[half:]), abs=TOLERANCE)
    empty = rest.merged(ScoreSketch.of(s[half:], y[half:]), sign=-1)
    assert len(empty) == 0
    assert empty.auc() is None


@given(lists)
def test_bytes_round_trip(rows):
    before = sketch(rows)
    after = ScoreSketch.from_bytes(before.to_bytes())
    assert len(after) == len(before)
    assert after.auc() == before.auc()
    assert after.bins.codes.tolist() == before.bins.codes.tolist()
    assert after.bins.positives.tolist() == before.bins.positives.tolist()
    assert after.bins.negatives.tolist() == before.bins.negatives.tolist()
    assert same(after, before)


@pytest.mark.parametrize("times", [1, 300, 70_000, 5_000_000_000])
def test_large_counts_round_trip(times):
    s, y = logistic(np.random.default_rng(4), 0, 2, 20_000)
    one = ScoreSketch.of(s, y).capped()
    many = ScoreSketch(
        one.shift,
        Bins(one.bins.codes, one.bins.positives * times, one.bins.negatives * times),
    )
    read = ScoreSketch.from_bytes(many.to_bytes())
    assert read.auc() == pytest.approx(one.auc(), rel=1e-12)
    assert read.ks() == pytest.approx(one.ks(), rel=1e-12)
    assert read.bins.positives.tolist() == many.bins.positives.tolist()
    assert read.digest().negatives.sum() == many.bins.negatives.sum()


def test_a_stored_sketch_tells_what_it_told_before():
    s, y = logistic(np.random.default_rng(5), -4, 2)
    before = ScoreSketch.of(s, y).capped()
    after = ScoreSketch.from_bytes(before.to_bytes())
    assert (after.auc(), after.ks()) == (before.auc(), before.ks())
    digest = after.digest()
    assert READ / 4 <= len(digest) <= READ
    assert np.all(np.diff(digest.codes) > 0)
    assert digest.positives.sum() == y.sum()
    assert digest.negatives.sum() == N - y.sum()
    assert np.array_equal(after.bins.codes, before.bins.codes)


@pytest.mark.parametrize("name", ["spiked", "a narrow band", "bands in bands"])
def test_heavy_bins_are_told_apart_in_any_order_and_after_taking_away(name):
    rng = np.random.default_rng(len(name))
    s, y = DATA[name](rng)
    for order in (np.arange(N), np.argsort(s), np.argsort(-s), np.argsort(y), rng.permutation(N)):
        grown = ScoreSketch.empty()
        for p in np.array_split(order, 30):
            grown = grown.merged(ScoreSketch.from_bytes(ScoreSketch.of(s[p], y[p]).to_bytes()))
        assert grown.auc() == pytest.approx(roc_auc_score(y, s), abs=TOLERANCE)
        assert grown.ks() == pytest.approx(exact_ks(s, y), abs=TOLERANCE)
        assert (grown.bins.positives.sum(), grown.bins.negatives.sum()) == (y.sum(), N - y.sum())
        gone, left = order[: N // 3], order[N // 3 :]
        rest = grown
        for p in np.array_split(rng.permutation(gone), 7):
            rest = rest.merged(ScoreSketch.of(s[p], y[p]).capped(), sign=-1)
        read = ScoreSketch.from_bytes(rest.to_bytes())
        assert (read.bins.positives.sum(), len(read.bins)) == (y[left].sum(), len(rest))
        if 0 < y[left].sum() < len(left):
            assert read.auc() == pytest.approx(roc_auc_score(y[left], s[left]), abs=TOLERANCE)
            assert read.ks() == pytest.approx(exact_ks(s[left], y[left]), abs=2 * TOLERANCE)


@given(lists, lists, lists)
def test_counts_stay_true_however_coarse(a, b, c):
    x, y, z = sketch(a), sketch(b), sketch(c)
    together = x.merged(y, cap=4).merged(z, cap=4)
    rest = together.merged(y, sign=-1, cap=4).merged(x.capped(3), sign=-1, cap=4)
    read = ScoreSketch.from_bytes(rest.to_bytes())
    assert read.bins.positives.sum() == sum(hit for _, hit in c)
    assert read.bins.negatives.sum() == sum(not hit for _, hit in c)


def test_bytes_of_before_there_were_heavy_bins_are_read():
    # as where there are none now
    s, y = logistic(np.random.default_rng(8), 0, 2, 20_000)
    one = ScoreSketch.of(s, y).capped()
    data = one.to_bytes()
    keys = (one.bins.codes >> np.uint64(one.shift + 1)).astype(np.int64)
    assert data[0] == one.shift
    assert int.from_bytes(data[1:5], "little") == len(keys)
    # at the end: first key, widths of steps and counts, steps from key to key, counts
    tail = data[-(11 + 2 * (len(keys) - 1) + 2 * len(keys)) :]
    assert struct.unpack_from("<qBBB", tail) == (keys[0], 2, 1, 1)
    steps = np.frombuffer(tail, "<u2", len(keys) - 1, 11)
    assert np.array_equal(keys[0] + np.cumsum(steps.astype(np.int64)), keys[1:])


def test_the_digest_of_one_class_is_of_its_shares():
    s = np.random.default_rng(6).random(N)
    stored = ScoreSketch.from_bytes(ScoreSketch.of(s, np.ones(N, bool)).capped().to_bytes())
    assert stored.auc() is None
    assert stored.ks() is None
    assert stored.digest().positives.max() < 3 * N / READ


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_keys_are_in_the_order_of_the_scores(values):
    s = np.array(values)
    keys = score_keys(s)
    assert np.array_equal(np.argsort(s, kind="stable"), np.argsort(keys, kind="stable"))
    assert len(np.unique(keys)) == len(np.unique(s))


def test_neighbours_near_one_are_told_apart_as_near_zero():
    low = score_keys(np.array([2.0**-40, 3 * 2.0**-40]))
    high = score_keys(np.array([1 - 3 * 2.0**-40, 1 - 2.0**-40]))
    assert low[1] - low[0] == high[1] - high[0]
    assert score_keys(np.array([-0.0])) == score_keys(np.array([0.0]))


@pytest.mark.parametrize("hits", [[], [True], [False, False]])
def test_of_one_class_nothing_is_defined(hits):
    one = sketch([(0.3, hit) for hit in hits])
    assert one.auc() is None
    assert one.ks() is None
    assert merge_all([]).auc() is None


def test_more_cannot_be_taken_than_there_is():
    wrong = sketch([(0.5, True)]).merged(sketch([(0.5, False)]), sign=-1)
    with pytest.raises(ValueError, match="taken"):
        wrong.to_bytes()


@pytest.mark.parametrize("size", [1, 40, 3000])
def test_of_many_sketches_at_once_each_is_read_as_alone(size: int) -> None:
    rng = np.random.default_rng(size)
    sketches: list[ScoreSketch | None] = [None, ScoreSketch.empty()]
    for share in (0.0, 0.02, 0.5, 1.0):
        for _ in range(30):
            scores, hits = rng.random(size), rng.random(size) < share
            sketches.append(ScoreSketch.from_bytes(ScoreSketch.of(scores, hits).to_bytes()))
            sketches.append(ScoreSketch.from_bytes(ScoreSketch.empty().to_bytes()))
    assert auc_of_all(sketches) == [None if one is None else one.auc() for one in sketches]
    assert ks_of_all(sketches) == [None if one is None else one.ks() for one in sketches]
