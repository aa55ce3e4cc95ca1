//! The same with tokio.

use std::time::Duration;

use barebus_systemd::Mode;
use barebus_systemd::tokio::Systemd;
use barebus_systemd::word::CollectMode;
use tokio::task::JoinSet;

use super::{in_all_places, shell};
use crate::boxes::PATIENCE;

#[test]
fn tasks_run_commands_side_by_side_over_one_connection() {
    const TEST: &str = "transient::tokio::tasks_run_commands_side_by_side_over_one_connection";
    in_all_places(TEST, |_, place| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (systemd, driver) = Systemd::over(place.connection());
            tokio::spawn(driver);
            let mut tasks = JoinSet::new();
            for code in 0..10_u8 {
                let mut unit = shell(place, &format!("task{code}"), &format!("exit {code}"));
                unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
                let systemd = systemd.clone();
                tasks.spawn(async move { (code, systemd.run(unit).await.unwrap()) });
            }
            while let Some(ended) = tasks.join_next().await {
                let (code, end) = ended.unwrap();
                assert_eq!(end.exit_code(), code, "{end}");
                // On the private socket it went over the bus beside it.
                assert!(end.status.resources.cpu.is_some(), "{end}");
            }
            let mut unit = shell(place, "task-late", "exit 7");
            unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
            assert_eq!(systemd.run_within(unit, PATIENCE).await.unwrap().exit_code(), 7);
            let unit = shell(place, "task-late", "sleep infinity");
            let name = unit.name().to_string();
            let error = systemd.run_within(unit, Duration::from_millis(100)).await.unwrap_err();
            let text = format!("the run of {name} has not ended within 0.1 s; it goes on");
            assert_eq!((error.to_string(), error.is_timeout()), (text, true));
            // If it was started at all.
            let _ = systemd.stop_unit(&name, Mode::Replace).await;
            let status = systemd.status("task0.service").await.unwrap();
            assert!(!status.active_state.is_active());
        });
    });
}
