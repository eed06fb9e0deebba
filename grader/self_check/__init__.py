"""A student checks their own work: public trials alone, in a folder without the reference."""
