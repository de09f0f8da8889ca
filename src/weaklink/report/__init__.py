"""A campaign's summary as a chart, as one HTML file, and as Markdown."""
