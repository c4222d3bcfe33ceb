"""unpack.py WHEEL FOLDER PREFIX...        unpacks what starts with one of the prefixes
unpack.py WHEEL --requires EXTRA        prints the requirements of an extra, one a line
unpack.py TARBALL FOLDER                unpacks a tarball of npm without its first folder
Python's standard library only.
"""

import os
import stat
import sys
import tarfile
import zipfile


def requirements(wheel, extra):
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        for line in archive.read(metadata).decode().splitlines():
            if line.startswith("Requires-Dist: ") and f'extra == "{extra}"' in line.replace("'", '"'):
                print(line[len("Requires-Dist: ") :].split(";")[0].strip().replace(" ", ""))


def unpack_wheel(wheel, folder, prefixes):
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith(prefixes):
                continue
            path = archive.extract(entry, folder)
            # zipfile drops permissions, and ptxas is a program.
            mode = entry.external_attr >> 16
            if mode & stat.S_IXUSR and not entry.is_dir():
                os.chmod(path, mode & 0o777)


def unpack_tarball(tarball, folder):
    with tarfile.open(tarball) as archive:
        for member in archive.getmembers():
            member.name = member.name.partition("/")[2]
            if member.isfile() and ".." not in member.name.split("/"):
                archive.extract(member, folder)


source, target, *prefixes = sys.argv[1:]
if target == "--requires":
    requirements(source, prefixes[0])
elif source.endswith(".whl"):
    unpack_wheel(source, target, tuple(prefixes))
else:
    unpack_tarball(source, target)
