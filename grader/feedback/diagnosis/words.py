"""What a diagnosis says, at the level that the rubric allows."""

import msgspec

from grader.model import Hints


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake that explains all trials, in three sentences of rising openness.

    name     what it is called in tables: "sign", "missing_term", ...
    kind     the kind of mistake; says nothing of the formula
    place    where: an argument, a variable of the reference, a constant; may be empty
    edit     what the answer looks as if; gives the solution away; may be empty
    others   the edits that explain it as well, for the instructor only
    """

    name: str
    kind: str
    place: str = ""
    edit: str = ""
    others: tuple[str, ...] = ()

    def said(self, hints: Hints) -> str:
        """What a student is told."""
        sentences = {Hints.KIND: 1, Hints.PLACE: 2, Hints.EDIT: 3}.get(hints, 0)
        return " ".join(sentence for sentence in (self.kind, self.place, self.edit)[:sentences] if sentence)


KINDS = {
    "sign": "A sign seems to be wrong.",
    "opposite": "Your answer is the right one with the opposite sign.",
    "factor": "Your answer is the right one times the same factor everywhere, such as 2, 1/n or an argument: is one "
    "missing, or one too many?",
    "varying_factor": "Your answer is the right one times a number that depends on the input: is a factor missing or "
    "another one?",
    "row_factor": "Each row, or each column, of your answer is the right one times a number of its own: is a factor "
    "missing there, or another one?",
    "missing_factor": "A factor, or a division, seems to be missing.",
    "missing_exponent": "A term of an exponent seems to be missing or, which is the same, a factor of what it is in.",
    "factor_two": "A term seems to be twice or half of what it should be.",
    "product": "It looks as if something is multiplied where it should be divided, or the other way round.",
    "ddof": "It looks like n - 1 instead of n (in a divisor, say), or the other way round.",
    "log_base": "It looks like the logarithm has another base.",
    "missing_term": "A term of a sum or difference seems to be missing.",
    "term_sign": "A term of the sum seems to have the wrong sign.",
    "extra_term": "Your answer is the right one plus or minus something: is a term missing, or one too many?",
    "offset": "Your answer differs from the right one by the same number everywhere.",
    "complement": "It looks as if something stands where one minus it belongs, or the other way round (p for "
    "1 - p, say).",
    "power": "It looks like a square or a root is missing, or one too many.",
    "function": "It looks as if a function, such as a logarithm or a root, is another one or is not applied.",
    "last_step": "Your answer is a function of the right one: is a last step missing, or one too many?",
    "absolute": "It looks as if absolute values are taken, or are not taken where they should be.",
    "eps": "The small constant that keeps a root from zero seems to be on the wrong side of the root.",
    "constant": "A number that is written into the code seems to be wrong.",
    "axis": "A sum, mean or other summary seems to go along the wrong axis.",
    "reduction": "It looks like one summary in the place of another: a sum for a mean, or a largest for a smallest.",
    "broadcasting": "Arrays of different shapes seem to be combined along the wrong axis.",
    "transposed": "Your answer is the right one transposed.",
    "transpose": "A matrix seems to be transposed that should not be, or the other way round.",
    "elementwise": "It looks like a product entry by entry where a matrix product belongs.",
    "parentheses": "Parentheses seem to be missing or to stand in the wrong place: a product, quotient or power takes "
    "in too much or too little.",
    "operands": "It looks as if the two sides of a quotient or a product are swapped.",
    "swapped_outputs": "Your outputs seem to be in another order.",
    "reversed": "The entries are right but in reverse order.",
    "permuted": "The numbers are right but in another order.",
    "shifted": "The entries are moved by one place.",
    "index": "An index, a label or the range of a loop seems to be off, most likely by one.",
    "first_or_last": "All entries are right but those at one end.",
    "direction": "It looks as if a loop runs in the wrong direction.",
    "left_out": "A part of the formula seems to be left out.",
    "selection": "It looks as if some of the data are left out, or taken where they do not belong.",
    "condition": "A condition seems to be inverted, or to treat a border case the other way.",
    "mask": "It looks as if a condition or a selection is left out.",
    "accumulation": "It looks as if a sum is overwritten in a loop where it should grow.",
    "missing_step": "A step seems to be missing.",
    "order": "Two steps seem to be in the wrong order: something is used before or after it changes.",
    "in_place": "It looks as if something is changed in place that is needed later: a copy is missing.",
    "swapped_arguments": "It looks as if two arguments are swapped.",
    "ignored_argument": "An argument ({0}) seems to have no influence where it should have one.",
    "hard_coded": "An argument ({0}) seems to have no influence where it should: is a number written in its place?",
    "ignored_value": "Something that is computed on the way seems to have no influence where it should have one.",
    "wrong_variable": "It looks as if one variable is used where another belongs.",
    "unfinished": "Your answer is a value from the middle of the computation: are the last steps missing?",
    "argument_returned": "Your answer is one of the arguments, unchanged.",
    "whole": "Your answer is the right one cut off to whole numbers: does an array of integers hold it?",
    "rounded": "Your answer is the right one rounded to whole numbers: all its digits are asked for.",
    "same_for_all": "Your answer is the same number whatever the input.",
    "zero": "Your answer is zero everywhere.",
    "all_equal": "All numbers of your answer are the same, which they should not be.",
}

# What an edit is called, how likely it is among others that explain the same (0 is most likely), and how it is told.
OPERATORS: dict[str, tuple[str, int]] = {
    "sign": ("sign", 0), "drop_term": ("missing_term", 0), "complement": ("complement", 0), "ddof": ("ddof", 0),
    "drop_factor": ("missing_factor", 0), "log_base": ("log_base", 0), "eps": ("eps", 0), "axis": ("axis", 0),
    "reduction": ("reduction", 0), "drop_function": ("function", 0), "drop_pow": ("power", 0),
    "drop_transpose": ("transpose", 1), "add_transpose": ("transpose", 1), "elementwise": ("elementwise", 1),
    "mask": ("mask", 1), "compare": ("condition", 1), "range": ("index", 1), "reverse": ("direction", 1),
    "accumulate": ("accumulation", 1), "copy": ("in_place", 1), "ignore_arg": ("ignored_argument", 1),
    "mul_div": ("product", 2), "swap_difference": ("sign", 1), "swap_operands": ("operands", 2),
    "index": ("index", 2), "keepdims": ("broadcasting", 2),
    "swap_args": ("swapped_arguments", 2), "delete": ("missing_step", 2), "abs_for_square": ("absolute", 2),
    "int_div": ("product", 3), "scale_term": ("factor_two", 2), "order": ("order", 3), "function": ("function", 3),
    "constant": ("constant", 3), "zero": ("left_out", 3), "selection": ("selection", 2), "power": ("power", 2),
    "drop_exponent": ("missing_exponent", 0), "parentheses": ("parentheses", 5),
    "complement_arg": ("complement", 5), "shift_arg": ("index", 5),
    "hard_coded": ("hard_coded", 5), "wrong_name": ("wrong_variable", 5),
}  # fmt: skip

# Of one output among several they explain too much to be believed.
NAME_SWAPS = frozenset({"swap_args", "wrong_name"})


def explained(
    name: str, place: str = "", edit: str = "", others: tuple[str, ...] = (), argument: str = ""
) -> Diagnosis:
    """The diagnosis of a name; of which argument, where it is about one."""
    return Diagnosis(name=name, kind=KINDS[name].format(argument), place=place, edit=edit, others=others)
