"""What tracking registers with the floors below of tracking."""
