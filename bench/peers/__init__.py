"""The same pages written for other frameworks, the usual way there, to be measured beside ours."""
