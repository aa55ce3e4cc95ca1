//! Replies that are held until the owner of the name is known.

use super::*;

#[test]
fn a_reply_is_held_until_the_owner_is_told_again() {
    for (answer, is_believed) in [(NEXT, true), (OWNER, false)] {
        let mut play = Play::bus();
        let (call, _) = play.call(SERVICE);
        play.serve(OWNER);
        let Route::Hold(held) = play.reply(call, Some(NEXT), &()) else { panic!("not held") };
        play.hold(held);
        assert_eq!(members(&play.asked), ["GetNameOwner"]);
        play.serve(answer);
        assert_eq!(play.released, [(call, is_believed)]);
        assert_eq!(play.router.ignored(), u64::from(!is_believed));
        assert_eq!(play.router.pending.outstanding(), usize::from(!is_believed));
        assert!(play.asked.is_empty());
    }
}

#[test]
fn a_reply_from_who_cannot_be_the_callee_is_not_held() {
    let mut play = Play::followed();
    let (call, _) = play.call(SERVICE);
    // Every owner is told.
    assert!(matches!(play.reply(call, Some(STRANGER), &()), Route::Done));
    // An answer to the router's own question is the bus's or nothing.
    let mut play = Play::bus();
    let (_, asked) = play.call(SERVICE);
    assert!(matches!(play.reply(asked[0].0, Some(STRANGER), &(STRANGER,)), Route::Done));
    assert_eq!(play.router.ignored(), 1);
    assert_eq!(play.router.pending.outstanding(), 2);
}

#[test]
fn a_held_reply_goes_with_its_call() {
    let held = || {
        let mut play = Play::bus();
        let callee = play.router.callee(BusName::parse(SERVICE).ok());
        play.act();
        let deadline = Instant::from(Duration::from_secs(1));
        let call = play.sent(callee, Purpose::User, deadline);
        let Route::Hold(held) = play.reply(call, Some(NEXT), &()) else { panic!("not held") };
        play.hold(held);
        (play, call)
    };
    let (mut play, call) = held();
    assert!(play.router.forget(call).is_none());
    play.act();
    assert_eq!((&*play.released, &*play.failed), (&[(call, false)][..], &[][..]));

    let (mut play, call) = held();
    play.router.handle_timeout(Instant::from(Duration::from_secs(1)));
    play.act();
    assert_eq!(
        (&*play.released, &*play.failed),
        (&[(call, false)][..], &[(call, NoReply::TimedOut)][..])
    );

    let (mut play, call) = held();
    assert!(play.is_reply(call, Some(names::BUS)));
    assert_eq!(play.released, [(call, false)]);

    let (mut play, call) = held();
    let (question, _) = play.asked.remove(0);
    play.refuse(question, DENIED);
    assert_eq!(play.released, [(call, false)]);
    assert_eq!(play.failed, [(call, NoReply::OwnerUnknown)]);
}

#[test]
fn a_refused_owner_ends_the_calls_of_the_name_and_no_others() {
    let mut play = Play::bus();
    let (first, asked) = play.call(SERVICE);
    let (second, _) = play.call(SERVICE);
    play.call("org.example.Other");
    play.call(OWNER);
    play.refuse(asked[0].0, DENIED);
    assert_eq!(play.failed, [first, second].map(|call| (call, NoReply::OwnerUnknown)));
    // Who has no owner may get one: the call may start the service.
    let mut play = Play::bus();
    let (call, asked) = play.call(SERVICE);
    play.asked.clear();
    play.refuse(asked[0].0, NO_OWNER);
    assert!(play.failed.is_empty());
    assert_eq!(members(&play.asked), ["AddMatch", "GetNameOwner"]);
    play.change(Some(names::BUS), SERVICE, OWNER);
    assert!(play.is_reply(call, Some(OWNER)));
}

#[test]
fn the_answer_about_one_name_decides_no_reply_of_another() {
    let mut play = Play::bus();
    let calls = [SERVICE, "org.example.Other"].map(|name| play.call(name).0);
    play.serve(OWNER);
    for call in calls {
        let Route::Hold(held) = play.reply(call, Some(NEXT), &()) else { panic!("not held") };
        play.hold(held);
    }
    let questions = mem::take(&mut play.asked);
    assert_eq!(members(&questions), ["GetNameOwner"; 2]);
    play.reply(questions[0].0, Some(names::BUS), &(OWNER,));
    assert_eq!(play.released, [(calls[0], false)]);
    play.reply(questions[1].0, Some(names::BUS), &(NEXT,));
    assert_eq!(play.released, [(calls[0], false), (calls[1], true)]);
}
