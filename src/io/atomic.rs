//! Writing a file so that a reader sees the old content or the new, never a part.
//!
//! # Design
//!
//! A writer that is killed cannot remove its temporary file, so the next writer of the same target does. What tells
//! an orphan from the file of a writer at work is a lock: a writer holds one on its temporary file until that is
//! renamed, and the system takes it from a process that dies. A writer whose file was taken for an orphan in the moment
//! between making and locking it finds the name gone, and makes another. Where there are no locks, nothing is removed.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Writes `path` through `fill`: into a temporary file beside it, flushed to the disk, then renamed.
///
/// If `fill` fails or the process dies, the old file stays as it was; after an error no temporary
/// file remains, and what a killed process left goes with the next writing of the same file. A symbolic link is followed, and an existing file keeps its permissions; one that
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
    remove_orphans(&target, &folder);
    let (file, temporary) = locked_temporary(&target, &folder)
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

/// What the names of a target's temporary files begin with; six letters or digits follow.
///
/// Of a long name the beginning: targets that share it could at worst remove each other's orphans.
fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beginning: String = name.chars().take(50).collect();
    format!(".writing-{beginning}-")
}

/// Letters or digits at the end of their names.
const RANDOM: usize = 6;

fn is_temporary(name: &OsStr, prefix: &str) -> bool {
    let rest = name.to_str().and_then(|name| name.strip_prefix(prefix));
    rest.is_some_and(|rest| rest.len() == RANDOM && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Removes the temporary files of `target` that no process has locked.
///
/// A failure does not stop the writing: an orphan does no harm but to the space on the disk.
fn remove_orphans(target: &Path, folder: &Path) {
    let prefix = prefix(target);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file
            && is_temporary(&entry.file_name(), &prefix)
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            // Under the lock, so that a writer that waits for it finds the name gone.
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// A temporary file of `target` that is locked and still has its name.
fn locked_temporary(target: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let prefix = prefix(target);
    loop {
        let temporary = temporary_file(&prefix).tempfile_in(folder)?;
        // Without locks nobody takes it for an orphan.
        let has_locks = temporary.as_file().lock().is_ok();
        if !has_locks || temporary.path().exists() {
            return Ok(temporary);
        }
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
fn temporary_file(prefix: &str) -> tempfile::Builder<'_, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(prefix)
        .rand_bytes(RANDOM)
        .permissions(Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn temporary_file(prefix: &str) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(RANDOM);
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
