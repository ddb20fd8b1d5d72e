"""The picture of a moment, taken at once and put together elsewhere: the desk goes on while something leaves it."""

import numpy as np

from cop.picture.picture import Picture


class Taken:
    """All that a picture holds now, with its trails. Taking it costs a desk milliseconds, `picture` hardly any."""

    def __init__(self, picture: Picture) -> None:
        self._home, self._agreements, self._pace = picture.home, picture.agreements, picture.tracks.pace
        self._snapshot = picture.snapshot()
        self._trails = picture.trails.kept(0.0)
        tracks = picture.tracks
        doubtful = np.flatnonzero(tracks.doubtful)
        self._doubtful = [(tracks.keys[row], bool(tracks.jumped[row])) for row in doubtful.tolist()]

    def picture(self) -> Picture:
        """The same picture anew; on any one thread."""
        anew = Picture(self._home, self._agreements, pace=self._pace)
        anew.apply(self._snapshot.batch(epoch=1))
        kept = self._trails
        anew.trails.adopt(kept.keys, kept.points(), kept.partings)
        for key, jumped in self._doubtful:  # how it came there is not in a snapshot
            row = anew.tracks.row_of(*key)
            if row is not None:
                anew.tracks.doubt(np.array([row]), np.array([not jumped]), np.array([jumped]))
        return anew
