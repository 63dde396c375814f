def decode(path):
    """The bytes [c, h, w] of a PNG as Dewpoint exports it: grey or RGB, 8 bits, without filters."""
    with open(path, "rb") as file:
        data = file.read()
    position, packed = 8, b""
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, chunk = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"IDAT":
            packed += chunk
        position += length + 12
    channels = {0: 1, 2: 3}.get(color)
    if channels is None or depth != 8 or interlaced:
        raise ValueError(path + " was saved by another program; read it with an image library")
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    if lines[:, 0].any():
        raise ValueError(path + " was saved by another program; read it with an image library")
    return lines[:, 1:].reshape(height, width, channels).transpose(2, 0, 1)


