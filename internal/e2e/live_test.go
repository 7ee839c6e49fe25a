package e2e

import "testing"

// TestALateAnswerTakesNoChoiceBack clicks a choice while the answer to an earlier
// one arrives: that answer does not know of the click, and must not be shown.
func TestALateAnswerTakesNoChoiceBack(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	b := newTab(t, s, look{lang: "en"})
	b.signIn("admin")
	b.open("/users/" + s.id(t, "anna.devries") + "/delete")
	b.choose("#mail-share", "#replyInside")
	// Answers arrive when the test lets them.
	eval[any](b, `(() => {
		const real = fetch;
		window.held = [];
		window.fetch = async (...args) => {
			const answer = await real(...args), html = await answer.text();
			await new Promise((go) => held.push(go));
			return { status: answer.status, text: async () => { window.read = true; return html; } };
		};
	})()`)
	eval[any](b, `document.querySelector('#outside-other').click()`)
	b.waitFor(`held.length === 1`)
	eval[any](b, `(() => {
		window.pointer = (what) => document.querySelector('#outside-none').dispatchEvent(new PointerEvent(what, { bubbles: true }));
		pointer('pointerdown');
		held.shift()();
	})()`)
	b.waitFor(`window.read === true`) // and waits for the button of the mouse
	eval[any](b, `(() => {
		pointer('pointerup');
		document.querySelector('#outside-none').click();
	})()`)
	b.waitFor(`held.length === 1`)
	eval[any](b, `held.shift()()`)
	b.settle()
	if !eval[bool](b, `document.querySelector('#outside-none').checked`) {
		t.Errorf("the choice was taken back\nat %s", b.where())
	}
}
