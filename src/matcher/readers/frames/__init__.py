"""Patient files straight into frames: in parts, each readable by itself, with the meaning of the profile readers."""

from matcher.readers.frames.file import FrameFile, read_frames
from matcher.readers.frames.part import FramePart, Part

__all__ = ["FrameFile", "FramePart", "Part", "read_frames"]
