"""Lines of reports, quality, plots and exports."""
