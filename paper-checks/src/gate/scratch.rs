//! A copy of the working tree in which bugs may be planted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of every file that git tracks or would track, below `target/`.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    build: PathBuf,
}

impl Scratch {
    /// Brings the copy up to date with the working tree at `root`; unchanged files keep their times,
    /// so that a second run rebuilds nothing.
    ///
    /// # Errors  a sentence with the system's reason.
    pub fn refresh(root: &Path) -> Result<Self, String> {
        let home = root.join("target/patched");
        let scratch = Self {
            folder: home.join("tree"),
            build: home.join("build"),
        };
        let wanted = tracked(root)?;
        for path in &wanted {
            let content = fs::read(root.join(path)).map_err(|why| format!("{path}: {why}"))?;
            scratch.write(path, &content)?;
        }
        scratch.drop_all_but(&wanted)?;
        scratch.take_dependencies(&root.join("target/debug"))?;
        Ok(scratch)
    }

    /// Starts an empty build folder with the dependencies that the tree's own build at `debug` has: crates of the registry
    /// are the same for both, and cargo finds them fresh by name and time.
    fn take_dependencies(&self, debug: &Path) -> Result<(), String> {
        let told = |why: std::io::Error| format!("copy of {}: {why}", debug.display());
        if self.build.exists() || !debug.exists() {
            return Ok(());
        }
        for part in ["deps", "build", ".fingerprint"] {
            copy_tree(&debug.join(part), &self.build.join("debug").join(part)).map_err(told)?;
        }
        Ok(())
    }

    /// Replaces one file if its content differs.
    pub fn write(&self, path: &str, content: &[u8]) -> Result<(), String> {
        let told = |why: std::io::Error| format!("{path}: {why}");
        let target = self.folder.join(path);
        if fs::read(&target).is_ok_and(|old| old == content) {
            return Ok(());
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(told)?;
        }
        fs::write(&target, content).map_err(told)
    }

    /// The text of one file.
    pub fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(path)).map_err(|why| format!("{path}: {why}"))
    }

    /// `cargo` in the copy, with the build folder that all patches share.
    pub fn cargo(&self) -> Command {
        let mut command = super::cargo();
        command.current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.build);
        command
    }

    /// A file that is gone from the tree must not stay in the copy.
    fn drop_all_but(&self, wanted: &BTreeSet<String>) -> Result<(), String> {
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            let told = |why: std::io::Error| format!("{}: {why}", folder.display());
            for entry in fs::read_dir(&folder).map_err(told)? {
                let path = entry.map_err(told)?.path();
                let inside = path.strip_prefix(&self.folder).unwrap_or(&path);
                if path.is_dir() {
                    open.push(path);
                } else if !wanted.contains(&*inside.to_string_lossy()) {
                    fs::remove_file(&path).map_err(told)?;
                }
            }
        }
        Ok(())
    }
}

/// Copies a folder with the times of its files; the test programs, which have no extension, stay behind.
fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    let programs = from.ends_with("deps");
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.metadata()?;
        if kind.is_dir() {
            copy_tree(&path, &target)?;
        } else if !programs || path.extension().is_some() {
            fs::copy(&path, &target)?;
            fs::File::options()
                .write(true)
                .open(&target)?
                .set_modified(kind.modified()?)?;
        }
    }
    Ok(())
}

/// Tracked and new files that exist, ignored ones left out.
fn tracked(root: &Path) -> Result<BTreeSet<String>, String> {
    let listing = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .map_err(|why| format!("git ls-files: {why}"))?;
    if !listing.status.success() {
        return Err(format!(
            "git ls-files: {}",
            String::from_utf8_lossy(&listing.stderr)
        ));
    }
    let names = String::from_utf8_lossy(&listing.stdout).into_owned();
    let names = names.split('\0').filter(|name| !name.is_empty());
    let files: BTreeSet<String> = names
        .filter(|name| root.join(name).is_file())
        .map(str::to_owned)
        .collect();
    if files.is_empty() {
        return Err("git lists no file".to_owned());
    }
    Ok(files)
}
