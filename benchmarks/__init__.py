"""What Privity is measured with: published generators, and runs beside peers."""
