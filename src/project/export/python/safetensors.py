def read(path):
    """The arrays of a safetensors file: a length, a header in JSON, and the values."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()

    def array(name, kind):
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(data[begin:end], kind).reshape(header[name]["shape"]).copy()

    return array("images", "<f4"), array("labels", "<i8")
