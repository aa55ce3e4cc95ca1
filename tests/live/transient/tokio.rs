//! The same with tokio.

use barebus_systemd::tokio::Systemd;
use barebus_systemd::word::CollectMode;
use tokio::task::JoinSet;

use super::{in_all_places, shell};

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
            let status = systemd.status("task0.service").await.unwrap();
            assert!(!status.active_state.is_active());
        });
    });
}
