

def load(path=PATH, normalized=True):
    """Images [n, c, h, w] as float32, and their labels [n]: positions in CLASS_NAMES."""
    images, labels = read(path)
    return (images if normalized else denormalize(images)), labels


if __name__ == "__main__":
    images, labels = load()
    print(images.shape, images.dtype, "images of", len(CLASS_NAMES), "classes:", np.bincount(labels).tolist())
