//! Signals that are read one by one, with calls between them.

use std::sync::mpsc::channel;
use std::time::Duration;

use barebus::definition::{Object, SignalKind, Str};
use barebus::{CallError, Connection, InterfaceName, MatchRule, Options, Proxy};
use barebus_tests::peer::{BUS, OWNER, Peer, SERVICE};

use crate::scene::{LONG, patient, play, works};

const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Interface");
const TOLD: SignalKind<(Str, u32)> = SignalKind::new(INTERFACE, "Told");

/// Plays a bus and a service that echoes. Before each reply it sends `Told` twice, then once with another body.
fn tell(peer: &mut Peer) {
    assert!(peer.greet());
    while let Some(call) = peer.called("Echo") {
        let mut said = Vec::new();
        for number in 1..=2_u32 {
            said.extend(peer.signal(Some(OWNER), INTERFACE.as_str(), "Told", &("it", number)));
        }
        said.extend(peer.signal(Some(OWNER), INTERFACE.as_str(), "Told", &("it",)));
        said.extend(peer.signal(Some(OWNER), INTERFACE.as_str(), "Other", &("it", 3_u32)));
        said.extend(peer.echo(&call, Some(OWNER)));
        peer.write(&said);
    }
}

fn proxy(bus: &mut Connection) -> Proxy<'_, 'static> {
    Proxy::new(bus, SERVICE, "/", INTERFACE).unwrap()
}

#[test]
fn signals_are_read_between_calls_until_none_comes() {
    play(&patient(), tell, |bus| {
        let mut signals = proxy(bus).signals("Told").unwrap();
        works(bus);
        let mut numbers = Vec::new();
        while let Some(signal) = signals.next(bus, Some(Duration::ZERO)).unwrap() {
            if let Ok((_, number)) = TOLD.read(&signal) {
                numbers.push(number);
                // The connection is not borrowed.
                assert_eq!(bus.unique_name(), Some(":1.7"));
            }
        }
        assert_eq!(numbers, [1, 2]);
        works(bus);
        assert!(signals.poll(bus).unwrap().is_some());
    });
}

#[test]
fn bodies_are_typed_and_a_wrong_one_costs_only_its_signal() {
    play(&patient(), tell, |bus| {
        let service = Object::from_static("org.example.Service", "/");
        let mut signals = bus.signals_of(TOLD, service).unwrap();
        for _ in 0..2 {
            works(bus);
            for number in 1..=2 {
                let body = signals.next_body::<(&str, u32)>(bus, Some(LONG)).unwrap();
                assert_eq!(body, Some(("it", number)));
            }
            let error = signals.next_body::<(&str, u32)>(bus, Some(LONG)).unwrap_err();
            let CallError::Body { of: Some(of), .. } = error else { panic!("{error}") };
            assert_eq!(&*of, "org.example.Interface.Told of /");
        }
        assert_eq!(signals.next_body::<()>(bus, Some(Duration::ZERO)).unwrap(), None);
    });
}

#[test]
fn an_iterator_gives_bodies_until_its_time_has_passed() {
    play(&patient(), tell, |bus| {
        let mut signals = proxy(bus).signals("Told").unwrap();
        works(bus);
        let bodies = signals.bodies::<(String, u32)>(bus, Some(Duration::ZERO));
        let numbers: Vec<_> = bodies.map(|body| body.ok().map(|(_, number)| number)).collect();
        assert_eq!(numbers, [Some(1), Some(2), None]);
        bus.unsubscribe(signals.subscription()).unwrap();
        let mut bodies = signals.bodies::<(String, u32)>(bus, None);
        assert!(matches!(bodies.next(), Some(Err(CallError::NotSubscribed))));
        assert!(bodies.next().is_none());
    });
}

#[test]
fn an_ended_subscription_is_told_from_a_passed_time() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let refused = peer.called("AddMatch").unwrap();
        let refusal = peer.error(&refused, Some(BUS), "org.example.No", "not this one");
        peer.write(&refusal);
        let taken = peer.called("AddMatch").unwrap();
        peer.answer_as_bus(&taken);
        peer.drain();
    };
    play(&patient(), script, |bus| {
        let rule = MatchRule::parse("type='signal',member='Told'").unwrap();
        let refused = bus.start_subscription(&rule).unwrap();
        // It neither waits without end nor tells that no signal came.
        let error = bus.next_signal(refused, None).unwrap_err();
        assert_eq!(error.to_string(), "not this one (org.example.No)");
        for _ in 0..2 {
            assert!(matches!(bus.next_signal(refused, None), Err(CallError::NotSubscribed)));
            assert!(matches!(bus.poll_signal(refused), Err(CallError::NotSubscribed)));
        }
        let taken = bus.subscribe(&rule).unwrap();
        assert!(bus.next_signal(taken, Some(Duration::ZERO)).unwrap().is_none());
        bus.unsubscribe(taken).unwrap();
        let error = bus.next_signal(taken, Some(LONG)).unwrap_err();
        assert_eq!(error.to_string(), "cannot read signals of the subscription: it has ended");
    });
}

#[test]
fn dropped_signals_are_given_back_when_the_connection_is_used_next() {
    let uses: [fn(&mut Connection); 3] = [
        works,
        |bus| assert!(bus.poll_event().unwrap().is_none()),
        |bus| assert!(bus.next_event(Some(Duration::ZERO)).unwrap().is_none()),
    ];
    for used in uses {
        let (removed, rules) = channel();
        let script = move |peer: &mut Peer| {
            assert!(peer.greet());
            while let Some(sent) = peer.receive() {
                match sent.member() {
                    "RemoveMatch" => {
                        let (rule,) = sent.message().body::<(&str,)>().unwrap();
                        removed.send(rule.to_owned()).unwrap();
                    }
                    "Echo" => {
                        let reply = peer.echo(&sent, Some(OWNER));
                        peer.write(&reply);
                    }
                    _ => peer.answer_as_bus(&sent),
                }
            }
        };
        play(&patient(), script, |bus| {
            let signals = proxy(bus).signals("Told").unwrap();
            let subscription = signals.subscription();
            assert!(bus.session_state().is_subscribed(subscription));
            drop(signals);
            used(bus);
            assert!(!bus.session_state().is_subscribed(subscription));
            bus.flush().unwrap();
        });
        let rules: Vec<String> = rules.iter().collect();
        assert!(rules.iter().any(|rule| rule.contains("member='Told'")), "{rules:?}");
    }
}

#[test]
fn signals_of_a_direct_connection_have_no_sender() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        let call = peer.called("Echo").unwrap();
        let signal = peer.signal(None, INTERFACE.as_str(), "Told", &("it", 1_u32));
        let reply = peer.echo(&call, None);
        peer.write(&[signal, reply].concat());
        peer.drain();
    };
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    play(&options, script, |peer| {
        let mut signals = proxy(peer).signals("Told").unwrap();
        proxy(peer).call("Echo", &("",)).unwrap();
        assert_eq!(signals.next_body(peer, Some(LONG)).unwrap(), Some(("it", 1_u32)));
    });
}
