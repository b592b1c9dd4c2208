"""Reports that an auditor asks for: federal figures down to cases and source rows, and what is certified."""
