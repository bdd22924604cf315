"""Curves of score bins, against scikit-learn on the rows; scores that sketches' keys stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from jupyter_registry.domain import curves
from jupyter_registry.domain.curves import Counted
from jupyter_registry.domain.entities import AccuracyDetails, ScoreBin
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.score_bins import codes_of, score_keys, scores_of

probabilities = st.floats(0, 1)
rows = st.lists(st.tuples(st.integers(0, 6).map(lambda n: n / 6), st.booleans()), min_size=2)


def counted(pairs) -> Counted:
    bins = [ScoreBin(score=p, positives=int(hit), negatives=int(not hit)) for p, hit in pairs]
    return Counted.of(bins)


@given(st.lists(probabilities))
def test_keys_stand_for_their_scores(scores) -> None:
    given_ = np.array(scores, np.float64)
    assert scores_of(codes_of(score_keys(given_))).tolist() == (given_ + 0.0).tolist()


@given(st.lists(probabilities, min_size=1), st.integers(0, 61))
def test_a_shared_bins_score_lies_among_those_that_share_it(scores, shift) -> None:
    given_ = np.sort(np.array(scores, np.float64))
    keys = score_keys(given_) >> shift
    found = scores_of(codes_of(keys, shift))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()
    # 1 - score is rounded next to 1, by less than a score's own precision
    again = score_keys(found) >> shift
    np.testing.assert_array_equal(again[found < 0.5], keys[found < 0.5])
    first = scores_of(codes_of(keys << shift))
    last = scores_of(codes_of(np.minimum(((keys + 1) << shift) - 1, score_keys(np.ones(1)))))
    assert ((found >= first) & (found <= last)).all()


@given(rows)
def test_curves_are_scikit_learns(pairs) -> None:
    scores, hits = np.array([p for p, _ in pairs]), np.array([hit for _, hit in pairs])
    of = counted(pairs)
    assert (of.n_positive, of.n_negative) == (hits.sum(), (~hits).sum())
    for threshold in (0.0, 1 / 6, 0.4, 1.0, 1.5):
        expected = sk.confusion_matrix(hits, scores >= threshold, labels=[False, True])
        assert list(curves.confusion(of, threshold)) == expected.ravel().tolist()
    if hits.any():
        precision, recall, thresholds = curves.precision_recall(of)
        theirs = sk.precision_recall_curve(hits, scores)
        for mine, their in zip((precision, recall, thresholds), theirs, strict=True):
            np.testing.assert_allclose(mine, their)
        average = sk.average_precision_score(hits, scores)
        assert curves.average_precision(of) == pytest.approx(average)
        gain = curves.cumulative_gain(of, np.linspace(0, 1, 11))
        assert gain[0] == 0
        assert gain[-1] == 1
        assert (np.diff(gain) >= -1e-12).all()
    assert of.has_both == (hits.any() and not hits.all())
    if of.has_both:
        theirs = sk.roc_curve(hits, scores, drop_intermediate=False)
        for mine, their in zip(curves.roc(of), theirs, strict=True):
            np.testing.assert_allclose(mine, their)
        assert curves.roc_auc(of) == pytest.approx(sk.roc_auc_score(hits, scores))


def test_gain_of_a_perfect_and_of_an_even_score() -> None:
    perfect = counted([(0.9, True)] * 20 + [(0.1, False)] * 80)
    depths = np.array([0.0, 0.1, 0.2, 0.5, 1.0])
    np.testing.assert_allclose(curves.cumulative_gain(perfect, depths), [0, 0.5, 1, 1, 1])
    even = counted([(0.5, True)] * 20 + [(0.5, False)] * 80)
    np.testing.assert_allclose(curves.cumulative_gain(even, depths), depths)


@given(rows, st.integers(1, 12))
def test_calibration_groups_hold_every_row_once(pairs, groups) -> None:
    found = curves.calibration(counted(pairs), groups)
    assert 1 <= len(found) <= groups
    assert sum(one.n for one in found) == len(pairs)
    hits = sum(one.n * one.share for one in found)
    assert hits == pytest.approx(sum(hit for _, hit in pairs))
    assert [one.score for one in found] == sorted(one.score for one in found)
    for one in found:
        assert 0 <= one.low <= one.share + 1e-12
        assert one.share - 1e-12 <= one.high <= 1


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
    assert curves.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert curves.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert curves.calibration(counted([])) == []


def test_confusion_in_the_order_of_the_labels() -> None:
    bins = [
        ScoreBin(score=0.2, positives=1, negatives=5),
        ScoreBin(score=0.7, positives=3, negatives=2),
    ]
    details = AccuracyDetails(
        deployment_id=1,
        target_type=TargetType.BINARY,
        class_labels=["no", "yes"],
        positive_class="yes",
        score_bins=bins,
    )
    assert curves.confusion_at(details, 0.7) == [[5, 2], [1, 3]]
    details.positive_class = "no"
    assert curves.confusion_at(details, 0.7) == [[3, 1], [2, 5]]
    details.target_type = TargetType.MULTICLASS
    with pytest.raises(ValueError, match="binary target has a threshold"):
        curves.confusion_at(details, 0.5)
