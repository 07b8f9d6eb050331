from caseflow.simulate.draws import Draws


def test_a_draw_depends_on_seed_case_and_occasion_and_on_nothing_else():
    draws = Draws(1)
    first = draws.share("case-a", "attends:s1")
    for case in range(100):
        draws.share(f"case-{case}", "attends:s1")
    assert draws.share("case-a", "attends:s1") == first == Draws(1).share("case-a", "attends:s1")
    assert (
        len(
            {
                first,
                draws.share("case-b", "attends:s1"),
                draws.share("case-a", "late"),
                Draws(2).share("case-a", "attends:s1"),
            }
        )
        == 4
    )


def test_shares_are_spread_evenly():
    draws = Draws(7)
    shares = [draws.share(str(n), "x") for n in range(5000)]
    assert abs(sum(shares) / 5000 - 0.5) < 0.02
    assert 0.08 < sum(share < 0.1 for share in shares) / 5000 < 0.12


def test_weights_are_kept_and_whole_numbers_reach_both_ends():
    draws = Draws(3)
    picks = [draws.pick({"often": 90, "seldom": 10}, str(n), "pick") for n in range(3000)]
    assert 0.87 < picks.count("often") / 3000 < 0.93
    assert {draws.whole(2, 4, str(n), "whole") for n in range(200)} == {2, 3, 4}
    assert {draws.one_of("abc", str(n), "one") for n in range(200)} == set("abc")


def test_keenness_is_beta_8_2():
    draws = Draws(5)
    keen = [draws.beta_8_2(str(n), "keen") for n in range(2000)]
    assert abs(sum(keen) / 2000 - 0.8) < 0.01
    assert all(0 < one < 1 for one in keen)
