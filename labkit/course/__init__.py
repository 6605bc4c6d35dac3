"""The course: checks for students, and what runs the notebooks for instructors."""
