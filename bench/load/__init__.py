"""People without browsers: connections that send media encoded beforehand and behave as a browser does."""
