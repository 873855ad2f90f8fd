"""How the names of videos and of images end, in lower case."""

VIDEOS = {
    '.3g2', '.3gp', '.asf', '.avi', '.dv', '.f4v', '.flv', '.gif', '.m2ts',
    '.m2v', '.m4v', '.mkv', '.mov', '.mp4', '.mpe', '.mpeg', '.mpg', '.mts',
    '.mxf', '.nut', '.ogg', '.ogm', '.ogv', '.qt', '.rm', '.rmvb', '.ts',
    '.vob', '.webm', '.wmv', '.y4m',
}  # fmt: skip
IMAGES = {
    '.avif', '.bmp', '.heic', '.jpeg', '.jpg', '.png', '.ppm', '.tif',
    '.tiff', '.webp',
}  # fmt: skip
