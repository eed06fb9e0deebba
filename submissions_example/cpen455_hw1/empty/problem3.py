"""Problem 3: back-propagation and initialisation."""
