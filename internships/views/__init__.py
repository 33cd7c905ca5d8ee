"""Pages of the internships: for everybody, by link, for companies, schools and counsellors."""
