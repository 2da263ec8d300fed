//! Writing a file so that a reader sees the old content or the new, never a part.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Writes `path` through `fill`: into a temporary file beside it, flushed to the disk, then renamed.
///
/// If `fill` fails or the process dies, the old file stays as it was; after an error no temporary
/// file remains. A symbolic link is followed, and an existing file keeps its permissions; one that
/// is read-only is refused, although a rename could replace it.
///
/// # Errors  `Error::Io` naming `path` and the step; `Error::Format` if `path` is a folder.
pub fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<()> {
    let failed = |action| move |source| Error::io(path, action, source);
    // The file behind a link is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = permissions_to_keep(path, &target)?;
    let folder = folder_of(&target);
    let (file, temporary) = temporary_file()
        .tempfile_in(&folder)
        .map_err(failed("write a temporary file beside it"))?
        .into_parts();
    let mut writer = BufWriter::new(file);
    fill(&mut writer).map_err(failed("write"))?;
    let file = writer
        .into_inner()
        .map_err(|e| failed("write")(e.into_error()))?;
    if let Some(old) = old {
        file.set_permissions(old)
            .map_err(failed("keep the permissions"))?;
    }
    file.sync_all().map_err(failed("flush to the disk"))?;
    temporary
        .persist(&target)
        .map_err(|e| failed("replace")(e.error))?;
    sync_folder(&folder).map_err(failed("flush the folder's entry"))
}

/// Writes `bytes` to `path` by [`write_atomically`].
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomically(path, |writer| writer.write_all(bytes))
}

fn folder_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The permissions of the file about to be replaced, if there is one and it may be written.
fn permissions_to_keep(path: &Path, target: &Path) -> Result<Option<Permissions>> {
    let Ok(old) = fs::metadata(target) else {
        return Ok(None);
    };
    if old.is_dir() {
        return Err(Error::format(path, "path", "a folder", "a file to write"));
    }
    if old.permissions().readonly() {
        return Err(Error::format(
            path,
            "permissions",
            "read-only",
            "a file that may be written",
        ));
    }
    Ok(Some(old.permissions()))
}

/// With the usual permissions, from which the umask is taken away: a temporary file would otherwise
/// be private to its owner, and stay so when renamed.
#[cfg(unix)]
fn temporary_file() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(".writing-")
        .permissions(Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn temporary_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    builder
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
