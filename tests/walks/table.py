"""The table itself, a line each: an address, and the status for each person of ``world.PEOPLE``.

The persons are, in this order: visitor, consumer, stranger, company, competitor, attendant, mediator,
legal, coordinator, auditor. ``/readyz`` says 503 because no media process runs in these tests,
``/metrics`` 401 because nobody here asks from the machine itself.
"""

from __future__ import annotations

_LINES = """
/                                                200 200 200 200 200 200 200 200 200 200
/aplicativo.webmanifest                          200 200 200 200 200 200 200 200 200 200
/acessibilidade                                  200 200 200 200 200 200 200 200 200 200
/privacidade                                     200 200 200 200 200 200 200 200 200 200
/orientacao                                      200 200 200 200 200 200 200 200 200 200
/orientacao?r=trabalho                           200 200 200 200 200 200 200 200 200 200
/orientacao?r=nada.disto                         404 404 404 404 404 404 404 404 404 404
/healthz                                         200 200 200 200 200 200 200 200 200 200
/readyz                                          503 503 503 503 503 503 503 503 503 503
/metrics                                         401 401 401 401 401 401 401 401 401 401

/cadastro                                        200 303 303 303 303 303 303 303 303 303
/cadastro/confirmar                              200 200 200 200 200 200 200 200 200 200
/entrar                                          200 303 303 303 303 303 303 303 303 303
/senha/recuperar                                 200 200 200 200 200 200 200 200 200 200
/senha/nova                                      200 200 200 200 200 200 200 200 200 200
/entrar/codigo                                   303 303 303 303 303 303 303 303 303 303
/conta/segundo-fator                             303 200 200 200 200 200 200 200 200 200
/conta                                           303 200 200 200 200 200 200 200 200 200

/conta/avisos                                    303 200 200 200 200 200 200 200 200 200
/conta/avisos/trabalhador.js                     200 200 200 200 200 200 200 200 200 200
/avisos/cancelar/{unsubscribe}                   200 200 200 200 200 200 200 200 200 200
/avisos/cancelar/nada                            404 404 404 404 404 404 404 404 404 404
/conta/contato                                   303 200 200 403 403 403 403 403 403 403

/painel                                          303 200 200 200 200 200 200 200 200 200
/casos                                           303 303 303 200 200 200 200 200 200 200
/casos/{draft}                                   303 200 404 404 404 404 404 404 404 404
/casos/{triage}                                  303 200 404 404 404 200 200 200 200 200
/casos/{accepted}                                303 200 404 404 404 200 200 200 200 200
/casos/{notified}                                303 200 404 200 404 200 200 200 200 200
/casos/999999                                    303 404 404 404 404 404 404 404 404 404

/casos/{draft}/cadastro                          303 200 404 403 403 403 403 403 403 403
/casos/{triage}/cadastro                         303 303 404 403 403 403 403 403 403 403
/casos/{waiting}/complemento                     303 200 404 403 403 403 403 403 403 403
/casos/{triage}/complemento                      303 303 404 403 403 403 403 403 403 403
/casos/{accepted}/reclamacao                     303 200 404 403 403 403 403 403 403 403
/casos/{notified}/reclamacao                     303 303 404 403 403 403 403 403 403 403

/atendimentos                                    303 200 200 403 403 200 200 200 200 200
/atendimentos/novo                               303 200 200 403 403 200 403 403 200 403
/atendimentos/de-oficio                          303 403 403 403 403 200 403 403 200 403
/atendimentos/{attendance}                       303 200 404 403 403 200 200 200 200 200
/atendimentos/{attendance}/carta.pdf             303 200 404 403 403 200 200 200 200 200
/balcao/atendimento                              303 403 403 403 403 200 403 403 200 403
/balcao/trabalhador.js                           200 200 200 200 200 200 200 200 200 200
/balcao/pessoa?cpf=52998224725                   303 403 403 403 403 200 403 403 200 403
/balcao/recibo/{counter}.pdf                     303 403 403 403 403 200 403 403 200 403
/balcao/recibo/{attendance}.pdf                  303 403 403 403 403 404 403 403 404 403
/continuar                                       200 200 200 200 200 200 200 200 200 200
/continuar/{claim}                               200 200 200 200 200 200 200 200 200 200
/continuar/ZZZZ-ZZZZ-ZZZZ                        404 404 404 404 404 404 404 404 404 404
/calculos                                        303 403 403 403 403 200 200 200 200 200
/calculos/parcelas                               303 403 403 403 403 200 200 200 200 200
/calculos/indices                                303 403 403 403 403 200 200 200 200 200
/senhas                                          303 403 403 403 403 200 403 403 200 403
/senhas/retirar                                  303 403 403 403 403 200 403 403 200 403
/senhas/painel                                   303 403 403 403 403 200 200 200 200 200
/senhas/painel/estado                            303 403 403 403 403 200 200 200 200 200

/calendario/999999/decreto                       303 403 403 403 403 404 404 404 404 404
/ajustes                                         303 403 403 403 403 403 403 403 200 200
/textos                                          303 403 403 403 403 200 200 200 200 200
/textos/summons                                  303 403 403 403 403 200 200 200 200 200
/textos/nenhum                                   303 403 403 403 403 404 404 404 404 404
/assuntos                                        303 403 403 403 403 200 200 200 200 200
/assuntos.csv                                    303 403 403 403 403 200 200 200 200 200
/triagem                                         303 403 403 403 403 200 200 200 200 200
/casos/{triage}/triagem                          303 403 403 403 403 200 200 200 200 200
/casos/{draft}/triagem                           303 403 403 403 403 404 404 404 404 404

/casos/{analysis}/inicial                         303 403 403 403 403 303 303 303 303 403
/casos/{analysis}/notificar                      303 403 403 403 403 200 200 403 200 403
/casos/{notified}/notificar                      303 403 403 403 403 303 303 403 303 403
/notificacao/{notice}                            200 200 200 303 200 200 200 200 200 200
/notificacao/ZZZZ-ZZZZ-ZZZZ                      404 404 404 404 404 404 404 404 404 404

/casos/{answered}/propostas/nova                 303 200 404 200 404 403 403 403 403 403
/casos/{draft}/propostas/nova                    303 303 404 404 404 403 403 403 403 403
/casos/{answered}/propostas/{offer}              303 200 404 200 404 200 200 200 200 200
/casos/{answered}/propostas/999999               303 404 404 404 404 404 404 404 404 404
/acordo/{asked}                                  200 200 200 200 200 200 200 200 200 200
/acordo/1-2-3                                    404 404 404 404 404 404 404 404 404 404

/prazos                                          303 403 403 403 403 200 200 200 200 200
/prazos?ato=proprio&dias=10&tipo=business        303 403 403 403 403 200 200 200 200 200
/atrasos                                         303 403 403 403 403 200 200 200 200 200
/calendario                                      303 403 403 403 403 200 200 200 200 200
/calendario?ano=2027                             303 403 403 403 403 200 200 200 200 200

/agenda                                          303 403 403 403 403 403 200 403 200 403
/agenda?ver=dia&dia=2026-11-23                   303 403 403 403 403 403 200 403 200 403
/agenda/expediente                               303 403 403 403 403 403 200 403 200 403
/agenda/blocos                                   303 403 403 403 403 403 200 403 200 403
/agenda/blocos/{firm}                            303 403 403 403 403 403 200 403 200 403
/pauta                                           200 200 200 200 200 200 200 200 200 200
/pauta?tela=1                                    200 200 200 200 200 200 200 200 200 200
/audiencias/blocos/{block}                       303 403 403 200 404 200 200 200 200 200
/audiencias/{hearing}/remarcar                   303 403 403 403 403 403 200 403 200 403
/casos/{answered}/audiencia                      303 403 403 403 403 403 200 403 200 403
/casos/{draft}/audiencia                         303 403 403 403 403 403 404 403 404 403
/audiencias/ensaio                               303 200 200 200 200 200 200 200 200 200
/audiencias/ensaio/estado                        303 200 200 200 200 200 200 200 200 200
/audiencias/ensaio/documento                     303 302 302 302 302 302 302 302 302 302
/audiencias/entrada/nada                         404 404 404 404 404 404 404 404 404 404
/audiencias/{hearing}                            303 200 404 200 404 404 200 404 200 404
/audiencias/{hearing}/estado                     303 200 404 200 404 404 200 404 200 404
/audiencias/{hearing}/teste                      303 200 404 200 404 404 200 404 200 404
/audiencias/central                              303 403 403 403 403 200 200 403 200 200
/audiencias/{hearing}/ajuda                      303 200 404 200 404 404 200 404 200 404
/audiencias/{hearing}/ata/minuta.pdf             303 403 403 403 403 403 200 403 200 403
/audiencias/{hearing}/qualidade                  303 200 404 200 404 200 200 200 200 200
/audiencias/{hearing}/qualidade/dados            303 200 404 200 404 200 200 200 200 200
/audiencias/{hearing}/documento/{exhibit}/1      303 404 404 404 404 404 404 404 404 404
/gravacoes/{recording}                           303 200 404 200 404 404 200 200 200 200
/gravacoes/{recording}/video                     303 200 404 200 404 404 200 200 200 200
/gravacoes/{recording}/capitulos.vtt             303 200 404 200 404 404 200 200 200 200
/gravacoes/{recording}/estado                    303 200 404 200 404 200 200 200 200 200

/copias/{copy}                                   303 200 404 404 404 404 404 404 404 404
/copias/{copy}/estado                            303 200 404 404 404 404 404 404 404 404

/documentos/{residence}                          303 200 404 404 404 200 200 200 200 200
/documentos/{exhibit}                            303 200 404 200 404 200 200 200 200 200
/documentos/{residence}/paginas/1                303 200 404 404 404 200 200 200 200 200
/documentos/{exhibit}/paginas/1                  303 200 404 200 404 200 200 200 200 200
/documentos/{exhibit}/paginas/2                  303 404 404 404 404 404 404 404 404 404

/empresas                                        303 403 403 403 403 200 200 200 200 200
/empresas/{firm}                                 303 403 403 403 403 200 200 200 200 200
/empresas/999999                                 303 403 403 403 403 404 404 404 404 404
/empresas/nova                                   303 403 403 403 403 200 200 200 200 403
/empresas/busca?q=empresa                        303 200 200 200 200 200 200 200 200 200
/empresas/{firm}/indicadores                     303 403 403 403 403 200 200 200 200 200
/empresas/{firm}/carteira                        303 403 403 200 404 403 403 403 403 403
/empresas/{firm}/endereco                        303 403 403 403 404 403 403 403 403 403
/empresa/representacao                           303 403 403 303 303 403 403 403 403 403
/carteira/papeis/{paper}                         303 403 403 200 404 200 200 200 200 200
/carteira/papeis/{paper}/paginas/1               303 403 403 200 404 200 200 200 200 200
/representacoes                                  303 403 403 403 403 200 200 200 200 200
/representacoes/{paper}                          303 403 403 403 403 200 200 200 200 200
/empresas/{firm}/casos.csv                       303 403 403 403 403 200 200 200 200 200
/empresas/{firm}/unificar                        303 403 403 403 403 403 403 403 200 403
/empresa                                         303 403 403 200 200 403 403 403 403 403
/empresa/casos.csv                               303 403 403 200 200 403 403 403 403 403
/empresa/respostas                               303 403 403 200 200 403 403 403 403 403

/verificar                                       200 200 200 200 200 200 200 200 200 200
/verificar/{code}                                200 200 200 200 200 200 200 200 200 200
/verificar/ZZZZ-ZZZZ-ZZZZ                        404 404 404 404 404 404 404 404 404 404

/api/v1/openapi.json                             200 200 200 200 200 200 200 200 200 200
/api/v1/agency                                   200 200 200 200 200 200 200 200 200 200
/api/v1/problems                                 200 200 200 200 200 200 200 200 200 200
/api/v1/me                                       401 200 200 200 200 200 200 200 200 200
/api/v1/cases                                    401 200 200 200 200 200 200 200 200 200
/api/v1/cases/{draft}                            401 200 404 404 404 404 404 404 404 404
/api/v1/cases/{triage}                           401 200 404 404 404 200 200 200 200 200
/api/v1/cases/{notified}                         401 200 404 200 404 200 200 200 200 200
/api/v1/cases/{triage}/events                    401 200 404 404 404 200 200 200 200 200
/api/v1/cases/{notified}/events                  401 200 404 200 404 200 200 200 200 200
/api/v1/companies?q=empresa                      401 200 200 200 200 200 200 200 200 200

/desenvolvimento/correio                         200 200 200 200 200 200 200 200 200 200
/desenvolvimento/correio/000000001.eml           200 200 200 200 200 200 200 200 200 200
/desenvolvimento/correio/000000099.eml           404 404 404 404 404 404 404 404 404 404
/desenvolvimento/correio/000000001.eml/anexos/0  200 200 200 200 200 200 200 200 200 200
"""


def _row(line: str) -> tuple[str, tuple[int, ...]]:
    address, *statuses = line.split()
    return address, tuple(int(status) for status in statuses)


TABLE = tuple(_row(line) for line in _LINES.splitlines() if line)
