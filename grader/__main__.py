"""`python -m grader` is the command `grade`."""

from grader.cli import command

if __name__ == "__main__":
    command()
