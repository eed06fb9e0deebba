"""What is handed to students: statement, starter files, and recorded answers in the place of the reference."""
