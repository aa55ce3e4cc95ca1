//! Unit files: whether they are enabled, and changing that.

use barebus::definition::{Arguments, Kinds, List, Method, Str};
use barebus::{BodyError, EncodeBody, OwnedMessage};

use super::change::{FileChanges, FileOptions};
use crate::ask::{ask, checked, failed, names};
use crate::client::{CallOptions, Client};
use crate::daemon;
use crate::error::Error;
use crate::interface::manager::method as call;
use crate::word::{PresetMode, UnitFileState};

/// What was done, the path, and what the link leads to.
type Change = (Str, Str, Str);

/// What the methods that change unit files answer with.
trait Answer: Kinds + Sized {
    fn read<In: Kinds>(
        method: Method<In, Self>,
        reply: &OwnedMessage,
    ) -> Result<FileChanges, BodyError>;
}

impl Answer for (List<Change>,) {
    fn read<In: Kinds>(
        method: Method<In, Self>,
        reply: &OwnedMessage,
    ) -> Result<FileChanges, BodyError> {
        let (changes,) = method.answer_as(reply)?;
        Ok(FileChanges::new(None, changes))
    }
}

/// With whether any file has something to do in `[Install]`.
impl Answer for (bool, List<Change>) {
    fn read<In: Kinds>(
        method: Method<In, Self>,
        reply: &OwnedMessage,
    ) -> Result<FileChanges, BodyError> {
        let (carries_install_info, changes) = method.answer_as(reply)?;
        Ok(FileChanges::new(Some(carries_install_info), changes))
    }
}

/// Calls a method that changes unit files.
async fn told<C: Client, In: Kinds, Out: Answer, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, Out>,
    arguments: A,
    about: Option<&str>,
) -> Result<FileChanges, Error> {
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    Out::read(method, &reply).map_err(failed(method, about))
}

/// Calls a method that changes unit files, and reloads.
async fn change<C: Client, In: Kinds, Out: Answer, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, Out>,
    arguments: A,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let changes = told(client, method, arguments, names(files).as_deref()).await?;
    reload_after(client, options).await?;
    Ok(changes)
}

/// systemd goes on with what it has read before until it is told to read the files again.
async fn reload_after<C: Client>(client: &C, options: FileOptions) -> Result<(), Error> {
    match options.reload {
        true => daemon::reload(client).await,
        false => Ok(()),
    }
}

pub(crate) async fn unit_file_state<C: Client>(
    client: &C,
    unit: &str,
) -> Result<UnitFileState, Error> {
    let method = call::GET_UNIT_FILE_STATE;
    checked(method, unit)?;
    let reply = ask(client, method, (unit,), Some(unit), CallOptions::default()).await?;
    let (state,) = method.answer(&reply).map_err(failed(method, Some(unit)))?;
    Ok(state.into())
}

pub(crate) async fn enable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let newest = call::ENABLE_UNIT_FILES_WITH_FLAGS;
    let changes = match told(client, newest, (files, options.flags()), about).await {
        // Before 246. It cannot say the flag that looks for portable services.
        Err(error) if error.is_unsupported() && !options.portable => {
            let arguments = (files, options.runtime, options.force);
            told(client, call::ENABLE_UNIT_FILES, arguments, about).await?
        }
        changes => changes?,
    };
    reload_after(client, options).await?;
    Ok(changes)
}

pub(crate) async fn disable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let arguments = (files, options.flags());
    let newest = call::DISABLE_UNIT_FILES_WITH_FLAGS_AND_INSTALL_INFO;
    let mut changes = told(client, newest, arguments, about).await;
    // Before 253.
    if changes.as_ref().is_err_and(Error::is_unsupported) {
        changes = told(client, call::DISABLE_UNIT_FILES_WITH_FLAGS, arguments, about).await;
    }
    // Before 246.
    if changes.as_ref().is_err_and(Error::is_unsupported) && !options.portable {
        let arguments = (files, options.runtime);
        changes = told(client, call::DISABLE_UNIT_FILES, arguments, about).await;
    }
    let changes = changes?;
    reload_after(client, options).await?;
    Ok(changes)
}

pub(crate) async fn reenable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (files, options.runtime, options.force);
    change(client, call::REENABLE_UNIT_FILES, arguments, files, options).await
}

pub(crate) async fn link_unit_files<C: Client>(
    client: &C,
    paths: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (paths, options.runtime, options.force);
    change(client, call::LINK_UNIT_FILES, arguments, paths, options).await
}

pub(crate) async fn mask_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (files, options.runtime, options.force);
    change(client, call::MASK_UNIT_FILES, arguments, files, options).await
}

pub(crate) async fn unmask_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    change(client, call::UNMASK_UNIT_FILES, (files, options.runtime), files, options).await
}

pub(crate) async fn preset_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    mode: PresetMode,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (files, mode, options.runtime, options.force);
    change(client, call::PRESET_UNIT_FILES_WITH_MODE, arguments, files, options).await
}

pub(crate) async fn preset_all_unit_files<C: Client>(
    client: &C,
    mode: PresetMode,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (mode, options.runtime, options.force);
    change(client, call::PRESET_ALL_UNIT_FILES, arguments, &[], options).await
}

pub(crate) async fn revert_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    change(client, call::REVERT_UNIT_FILES, (files,), files, options).await
}

pub(crate) async fn add_dependency_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    target: &str,
    dependency: super::FileDependency,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (files, target, dependency.as_str(), options.runtime, options.force);
    change(client, call::ADD_DEPENDENCY_UNIT_FILES, arguments, files, options).await
}

pub(crate) async fn default_target<C: Client>(client: &C) -> Result<String, Error> {
    let method = call::GET_DEFAULT_TARGET;
    let reply = ask(client, method, (), None, CallOptions::default()).await?;
    let (target,) = method.answer(&reply).map_err(failed(method, None))?;
    Ok(target.into())
}

pub(crate) async fn set_default_target<C: Client>(
    client: &C,
    target: &str,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let arguments = (target, options.force);
    change(client, call::SET_DEFAULT_TARGET, arguments, &[target], options).await
}
