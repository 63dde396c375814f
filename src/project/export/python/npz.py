def read(path):
    """The arrays of the file."""
    with np.load(path) as arrays:
        return arrays["images"], arrays["labels"]
