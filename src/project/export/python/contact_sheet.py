# Images of each class, their size, and how they stand on the sheet: a row a class, enlarged, with gaps.
COUNTS = @COUNTS@
HEIGHT, WIDTH, FACTOR, GAP = @HEIGHT@, @WIDTH@, @FACTOR@, @GAP@


def read(path):
    """The images on the sheet. They have 8 bits: the exact values are in .safetensors and .npz."""
    sheet = decode(path)
    images, labels = [], []
    for label, count in enumerate(COUNTS):
        top = GAP + label * (HEIGHT * FACTOR + GAP)
        for column in range(count):
            left = GAP + column * (WIDTH * FACTOR + GAP)
            images.append(sheet[:, top : top + HEIGHT * FACTOR : FACTOR, left : left + WIDTH * FACTOR : FACTOR])
            labels.append(label)
    return normalize(np.stack(images) / np.float32(255)), np.array(labels, np.int64)
