"""What a student is told of a lost part: the mistake that explains it, and the smallest input that shows it."""
