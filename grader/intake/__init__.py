"""Intake of a class: from what a learning platform gives to submissions that can be graded.

    intake(path, scratch, files)     a folder or zip, of whatever kind, as `HandedIn` and `Refused`
    only(folder, scratch, files)     the one submission that lies in a folder
    roster(path, zone)               the class, from a CSV
    joined(handed_in, roster)        who of the class handed in what, and who nothing

A listing (`listing.py`, `archive.py`) says what is there. A module a platform says whose it is and makes bundles of it;
`unpacking.py` makes a submission of each bundle, or says why not. What comes out of an archive is hostile.
"""

from grader.intake.arrival import Intake, intake, only
from grader.intake.joining import Joined, joined
from grader.intake.listing import Unusable
from grader.intake.roster import roster

__all__ = ["Intake", "Joined", "Unusable", "intake", "joined", "only", "roster"]
