"""How a run's time is divided: untuned models, the search, what it found, the blend, details."""

from __future__ import annotations

from .plan import Plan

#: The share that untuned models may take where a search follows, and where none does.
_PLAIN_SHARE, _PLAIN_ALONE_SHARE = 0.35, 0.9
#: One of them may take so much of it; with less than so much left none is begun.
_ONE_SHARE, _LEAST_SHARE = 0.5, 0.05
#: Of what is left then the search takes so much; training what it found the rest.
_SEARCH_SHARE = 0.72
#: A search of fewer seconds is not worth it: untuned models of all families are. Nor is one that
#: leaves fewer for what it found.
_LEAST_SEARCH, _LEAST_AFTER = 8.0, 2.0
#: What it found takes at least so much, also where a trial goes on for longer.
_AFTER_SEARCH_SHARE = 0.2
#: One of them takes at most so much of what is left, where others wait.
_ONE_TUNED_SHARE = 0.6
#: The first trials of a search take so many times as long as untuned boosted trees, about; they
#: are of all rows where that is at most so much of the search.
_FIRST_TRIALS, _FIRST_SHARE = 2.5, 0.5
#: The share that is kept for a blend, and that details of models may take together.
_BLEND_SHARE, _DETAILS_SHARE = 0.05, 0.03
#: Details of one model take at most so much of what is left, and of what they have.
_ONE_DETAILS_SHARE, _ONE_OF_DETAILS = 0.1, 0.5
#: A model that does not lead is trained again on all rows where that takes at most so much of
#: what is left.
_SPARE_SHARE = 0.02


class Budget:
    """The time of a plan; all in seconds.

    Parameters
    ----------
    plan:
        Whose time has begun already.

    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._details_left = _DETAILS_SHARE * plan.budget
        self._plain_until = self._plain_whole = 0.0
        self.searches = plan.tunes
        """Whether a search follows the untuned models; known once `begin` was called."""

    @property
    def end(self) -> float:
        """When it is over, of the monotonic clock."""
        return self._plan.end

    def left(self) -> float:
        """What is left; below 0 beyond the end."""
        return self._plan.left()

    def left_before_blend(self) -> float:
        """What models that are trained before a blend have."""
        return self.left() - self._kept()

    def _kept(self) -> float:
        return _BLEND_SHARE * self._plan.budget * self._plan.blends

    # --- untuned models ---------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the time of untuned models, which is most of it where a search has too little."""
        left = self.left()
        after = (1 - _PLAIN_SHARE) * left
        self.searches = self._plan.tunes and self._search_of(after) > 0
        self._plain_whole = (_PLAIN_SHARE if self.searches else _PLAIN_ALONE_SHARE) * left
        self._plain_until = self.end - left + self._plain_whole

    def one_plain(self, *, is_first: bool) -> float:
        """What the next untuned model may take; 0 where none is to begin.

        The first ones may take what they need: a board without any model helps nobody.
        """
        if is_first:
            return self.left()
        left = min(self.left(), self._plain_until - self.end + self.left())
        if left < _LEAST_SHARE * self._plain_whole:
            return 0.0
        return min(left, _ONE_SHARE * self._plain_whole)

    def spare(self) -> float:
        """What training again on all rows may take of a model that does not lead."""
        return _SPARE_SHARE * self.left()

    # --- the search -------------------------------------------------------------------------

    def search(self) -> float:
        """What a search that begins now has; 0 where it is not worth it."""
        return self._search_of(self.left())

    def _search_of(self, left: float) -> float:
        seconds = min(_SEARCH_SHARE * left, left - _LEAST_AFTER - self._kept())
        return seconds if seconds >= _LEAST_SEARCH else 0.0

    def search_is_cut_off(self, began: float, seconds: float, again: float) -> float:
        """When a search that goes on beyond its time is cut off, as one trial of it may be long.

        There must be time left to start again, which takes ``again``, and to train what was found.
        """
        latest = self.end - again - _AFTER_SEARCH_SHARE * (self.end - began)
        return max(began + seconds, min(began + 1.25 * seconds + 2, latest))

    def one_tuned(self, *, is_last: bool) -> float:
        """What the next model that the search found may take: not all, where others wait."""
        left = self.left_before_blend()
        return left if is_last else _ONE_TUNED_SHARE * left

    def begins_whole(self, seconds: float, boosted: list[float]) -> bool:
        """Whether a search of so many seconds has the time to begin with all rows.

        ``boosted``: what untuned boosted trees took.
        """
        return bool(boosted) and _FIRST_TRIALS * sum(boosted) < _FIRST_SHARE * seconds

    # --- details ----------------------------------------------------------------------------

    def details(self) -> float:
        """What details of the next model may take."""
        left = _ONE_OF_DETAILS * self._details_left
        return max(0.0, min(left, _ONE_DETAILS_SHARE * self.left()))

    def took_for_details(self, seconds: float) -> None:
        """Count what details of a model took."""
        self._details_left -= seconds
