"""Patient files straight into frames: in parts, each readable by itself, with the meaning of the profile readers."""

from matcher.readers.frames.arrow import frames_of
from matcher.readers.frames.file import FrameFile, read_frames, reader_of
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.row_reader import RowReader

__all__ = ["FrameFile", "FramePart", "Part", "RowReader", "frames_of", "read_frames", "reader_of"]
