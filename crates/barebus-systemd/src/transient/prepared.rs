//! A transient unit as `StartTransientUnit` takes it.

use std::os::fd::OwnedFd;

use super::builder::TransientUnit;
use crate::job::Mode;
use crate::name::UnitName;
use crate::setting::{Properties, SettingError};

/// The arguments of `StartTransientUnit`, and the descriptors that they refer to.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) name: UnitName,
    pub(super) mode: Mode,
    pub(super) properties: Properties,
    pub(super) auxiliary: Vec<(String, Properties)>,
    pub(super) fds: Vec<OwnedFd>,
}

impl Prepared {
    pub(super) fn new(unit: TransientUnit) -> Result<Self, SettingError> {
        let TransientUnit { name, mut properties, descriptors, auxiliary, mode } = unit;
        let mut fds = Vec::new();
        descriptors.put(&mut properties, &mut fds)?;
        let auxiliary = auxiliary
            .into_iter()
            .map(|unit| {
                let TransientUnit { name, mut properties, descriptors, .. } = unit;
                descriptors.put(&mut properties, &mut fds)?;
                Ok((name.into(), properties))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { name, mode, properties, auxiliary, fds })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use barebus::FdIndex;
    use barebus::wire::OwnedValue;

    use super::*;

    fn null() -> OwnedFd {
        File::open("/dev/null").unwrap().into()
    }

    fn value<'a>(properties: &'a Properties, name: &str) -> Option<&'a OwnedValue> {
        properties.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    #[test]
    fn descriptors_of_a_unit_and_its_auxiliary_units_have_one_row_of_indices() {
        let mut helper = TransientUnit::new("helper.service").unwrap();
        helper.stdin(null());
        let mut unit = TransientUnit::new("a.service").unwrap();
        let output = null();
        let number = output.as_raw_fd();
        unit.extra_descriptor("log", null()).stdout(output).auxiliary(helper);
        let prepared = Prepared::new(unit).unwrap();
        assert_eq!(
            value(&prepared.properties, "StandardOutputFileDescriptor"),
            Some(&OwnedValue::UnixFd(FdIndex(0)))
        );
        assert_eq!(prepared.fds[0].as_raw_fd(), number);
        let extra = value(&prepared.properties, "ExtraFileDescriptors").unwrap();
        assert_eq!(extra.signature().unwrap().to_string(), "a(hs)");
        let (name, properties) = &prepared.auxiliary[0];
        assert_eq!(name, "helper.service");
        assert_eq!(
            value(properties, "StandardInputFileDescriptor"),
            Some(&OwnedValue::UnixFd(FdIndex(2)))
        );
        assert_eq!(prepared.fds.len(), 3);
    }

    #[test]
    fn what_has_no_newer_properties_has_no_older_form() {
        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.exec_start(["/bin/true", "$X"]).unwrap();
        assert!(Prepared::new(unit).unwrap().older().is_none());
    }

    #[test]
    fn newer_properties_have_an_older_form_unless_they_say_more() {
        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.set("ExecStart", ":/bin/true $X").unwrap().stdout(null());
        let older = Prepared::new(unit).unwrap().older().unwrap();
        let mut expected = TransientUnit::new("a.service").unwrap();
        expected.exec_start(["/bin/true", "$X"]).unwrap().stdout(null());
        let expected = Prepared::new(expected).unwrap();
        assert_eq!(older.properties, expected.properties);
        assert_eq!(older.fds.len(), 1);

        let mut unit = TransientUnit::new("a.service").unwrap();
        unit.set("ExecStart", "+/bin/true").unwrap();
        assert!(Prepared::new(unit).unwrap().older().is_none());
    }

    #[test]
    fn a_descriptor_that_is_not_of_a_process_has_no_older_form() {
        let mut unit = TransientUnit::new("a.scope").unwrap();
        unit.pidfd(null());
        assert!(Prepared::new(unit).unwrap().older().is_none());
    }
}
