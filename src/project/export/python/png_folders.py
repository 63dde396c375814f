def read(path):
    """The pictures that metadata.json names. They have 8 bits: the exact values are in .safetensors and .npz."""
    folder = os.path.dirname(path)
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)["images"]
    pictures = [decode(os.path.join(folder, *entry["file"].split("/"))) for entry in entries]
    labels = np.array([entry["label"] for entry in entries], np.int64)
    return normalize(np.stack(pictures) / np.float32(255)), labels
